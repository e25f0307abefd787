/** Saves what is on the screen now, as the server draws it. */
export function saveScreenshot(page) {
  const name = page.card.label.textContent.replace(/[^\p{L}\p{N}._-]+/gu, '-');
  const now = new Date().toISOString().slice(0, 19).replace(/[T:]/g, '-');
  page.client?.getDisplay().flatten().toBlob(blob => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${name}-${now}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

/** Full screen, with the keys that the browser would else keep (Alt-Tab, Escape, Win) where it gives them away. */
export async function toggleFullScreen() {
  if (document.fullscreenElement) {
    navigator.keyboard?.unlock?.();
    await document.exitFullscreen();
    return;
  }
  await document.documentElement.requestFullscreen({ navigationUI: 'hide' });
  await navigator.keyboard?.lock?.();
}
