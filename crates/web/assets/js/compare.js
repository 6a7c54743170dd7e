// The imprint over the scan at the same scale: a slider uncovers one or the other. Without script both stand beside
// each other. While it is being corrected, the picture is asked for anew.
for (const box of document.querySelectorAll('[data-compare]')) {
  const over = box.querySelector('[data-over]');
  const line = box.querySelector('[data-slider]');
  if (!over || !line) continue;
  const slider = line.querySelector('input');
  const show = () => {
    over.style.clipPath = `inset(0 ${100 - Number(slider.value)}% 0 0)`;
  };
  box.classList.add('overlaid');
  line.hidden = false;
  slider.addEventListener('input', show);
  show();
}

for (const card of document.querySelectorAll('[data-adjust]')) {
  const form = card.querySelector('form');
  const picture = card.querySelector('[data-preview-picture]');
  let timer;
  const ask = () => {
    const query = new URLSearchParams();
    for (const name of ['threshold', 'turn', 'x', 'y', 'width', 'height']) {
      const value = form.elements[name]?.value.trim();
      if (value) query.set(name, value);
    }
    picture.src = `${card.dataset.adjust}?${query}`;
    picture.closest('figure').hidden = false;
  };
  form.addEventListener('input', (event) => {
    if (event.target.name === 'reason') return;
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  });
}
