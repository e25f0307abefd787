// Leaves nothing of a page but its picture, and tells its size whenever that changes.
selector => {
  const picture = document.querySelector(selector);
  const style = document.createElement('style');
  style.textContent = `
    html, body { margin: 0 !important; overflow: hidden !important; background: #000 !important; }
    body * { visibility: hidden !important; transform: none !important; filter: none !important; }
    [data-kiosk] { visibility: visible !important; position: fixed !important; left: 0 !important; top: 0 !important;
      margin: 0 !important; border: 0 !important; max-width: none !important; max-height: none !important;
      z-index: 2147483647 !important; }`;
  document.head.append(style);
  picture.dataset.kiosk = '';
  let told = '';
  const tell = () => {
    if (document.activeElement === document.body) {
      picture.focus();
    }
    const size = `${picture.width || picture.videoWidth}x${picture.height || picture.videoHeight}`;
    if (size !== told) {
      told = size;
      picture.style.width = size.split('x')[0] + 'px';
      picture.style.height = size.split('x')[1] + 'px';
      kioskSize(size);
    }
  };
  tell();
  setInterval(tell, 500);
}
