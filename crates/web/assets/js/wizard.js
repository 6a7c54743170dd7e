// The wizard: a draft is saved a moment after the last key, through the same form by the same address.
const form = document.querySelector('form[data-autosave]');
const saved = document.querySelector('[data-saved]');

if (form) {
  let timer;
  let leaving = false;
  const save = async () => {
    if (leaving) return;
    const body = new URLSearchParams(new FormData(form));
    body.set('then', 'autosave');
    try {
      const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      const { saved: text } = await answer.json();
      if (saved) saved.textContent = text;
    } catch {
      if (saved) saved.textContent = '暂未保存，请检查网络；点击「保存」可再试';
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, 1200);
  };
  form.addEventListener('input', later);
  form.addEventListener('submit', () => {
    leaving = true;
    clearTimeout(timer);
  });
}

// The imprint at the size that is being typed.
const live = document.querySelector('[data-imprint-live]');
if (live) {
  const picture = document.querySelector('input[type=file]');
  const width = document.querySelector('input[name=width]');
  const height = document.querySelector('input[name=height]');
  const svg = live.querySelector('svg');
  const image = live.querySelector('image');
  let address;
  const show = () => {
    const w = Number(width.value);
    const h = Number(height.value);
    const file = picture.files[0];
    live.hidden = !(file && w > 0 && h > 0 && w <= 120 && h <= 120);
    if (live.hidden) return;
    if (address) URL.revokeObjectURL(address);
    address = URL.createObjectURL(file);
    svg.setAttribute('width', `${w}mm`);
    svg.setAttribute('height', `${h}mm`);
    svg.setAttribute('viewBox', `0 0 ${w} ${h}`);
    image.setAttribute('width', w);
    image.setAttribute('height', h);
    image.setAttribute('preserveAspectRatio', 'xMidYMid meet');
    image.setAttribute('href', address);
  };
  for (const input of [picture, width, height]) input.addEventListener('input', show);
}
