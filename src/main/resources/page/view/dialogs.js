import { button, el } from './dom.js';

/** A dialog over everything; resolves to what its form was closed with, '' where it was cancelled. */
export function open(page, title, content, buttons, { describedBy } = {}) {
  const form = el('form', { method: 'dialog' },
    el('h2', { id: 'dialog-title', textContent: title }),
    ...content,
    el('div', { className: 'buttons' }, ...buttons));
  const dialog = el('dialog', { 'aria-labelledby': 'dialog-title', 'data-own-keys': '' }, form);
  if (describedBy)
    dialog.setAttribute('aria-describedby', describedBy);
  document.body.append(dialog);
  return new Promise(resolve => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      page.input.focus();
      resolve(dialog.returnValue);
    });
    // A click beside it cancels, as Escape does.
    dialog.addEventListener('click', event => event.target === dialog && dialog.close(''));
    dialog.showModal();
  });
}

export const cancelButton = page => button(page.text('CANCEL'), event => event.currentTarget.closest('dialog').close(''));

/** Whether the customer really wants it. */
export async function ask(page, title, question, yes, { danger = false } = {}) {
  const sure = el('button', { type: 'submit', value: 'yes', className: danger ? 'danger' : 'primary', textContent: yes });
  const answer = await open(page, title, [el('p', { id: 'dialog-words', textContent: question })],
    [cancelButton(page), sure], { describedBy: 'dialog-words' });
  return answer === 'yes';
}

/** Says why something could not be done. */
export function say(page, { key, variables = {} }) {
  const words = page.Texts.fill(page.texts.lookUp(key) ?? page.text('PAGE_ACTION_FAILED'), variables);
  const reference = variables.REFERENCE && page.text('PAGE_REFERENCE', variables);
  page.notices.show('refused', reference ? words + ' ' + reference : words, { closable: true, urgent: true });
}
