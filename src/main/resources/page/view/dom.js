// Builds elements. Texts are only ever set as text.

/** An element of that name; properties as in the DOM, or attributes where their name has a dash or is "role" or "for". */
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes('-') || key === 'role' || key === 'for')
      element.setAttribute(key, value);
    else
      element[key] = value;
  }
  element.append(...children.filter(child => child !== undefined));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Each drawn with a pen on 24 x 24. */
const ICONS = {
  clock: 'M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18',
  keys: 'M3 6.5h18v11H3zM7 10h.01M11 10h.01M15 10h.01M18 10h.01M8 14h8',
  type: 'M4 7V5h16v2M12 5v14M9 19h6',
  power: 'M12 3v9M6.6 6.6a7.6 7.6 0 1 0 10.8 0',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 10a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4',
  full: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  menu: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 4.5v5M8 14.5v5',
  close: 'M6 6l12 12M18 6 6 18',
  end: 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9',
  down: 'M6 9l6 6 6-6'
};

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button that leaves the focus where it is when it is clicked, so that keys go on to the console. */
export function button(label, press, { name, className = '', iconOnly = false, ...properties } = {}) {
  const made = el('button', { type: 'button', className: className + (iconOnly ? ' icon' : ''), ...properties,
    onclick: press, onmousedown: event => event.preventDefault() });
  if (name)
    made.append(icon(name));
  if (iconOnly)
    made.setAttribute('aria-label', made.title = label);
  else
    made.append(el('span', { textContent: label }));
  return made;
}

/** Resolves when the style sheet is applied. */
export function stylesheet(href) {
  return new Promise((resolve, reject) => document.head.append(
    el('link', { rel: 'stylesheet', href, onload: resolve, onerror: () => reject(new Error('no ' + href)) })));
}
