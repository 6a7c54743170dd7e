// Placing a seal: the picture on the page and the fields beside it always say the same.
const placing = document.querySelector('[data-placing]');
const field = (name) => placing.querySelector(`[name=${name}]`);
const page = field('page');
const left = field('x');
const top = field('y');
const step = 0.5;
const round = (mm) => Math.round(mm / step) * step;

let seal = placing.querySelector('.placed');
if (seal) {
  const size = { w: Number(seal.getAttribute('width')), h: Number(seal.getAttribute('height')) };
  seal.setAttribute('tabindex', '0');
  seal.setAttribute('role', 'button');
  // A picture may not hold something to be moved: each page becomes a group of page and seal.
  for (const svg of placing.querySelectorAll('.sheet svg')) svg.setAttribute('role', 'group');

  const sheetOf = (number) => placing.querySelector(`.sheet[data-page="${number}"]`);
  const limits = (sheet) => ({
    x: Math.max(0, Number(sheet.dataset.width) - size.w),
    y: Math.max(0, Number(sheet.dataset.height) - size.h),
  });
  const clamp = (value, most) => Math.min(Math.max(0, round(value)), Math.floor(most / step) * step);

  const put = (number, x, y) => {
    const sheet = sheetOf(number);
    if (!sheet || Number.isNaN(x) || Number.isNaN(y)) return;
    const most = limits(sheet);
    const svg = sheet.querySelector('svg');
    if (seal.parentNode !== svg) svg.append(seal);
    const at = { x: clamp(x, most.x), y: clamp(y, most.y) };
    seal.setAttribute('x', at.x);
    seal.setAttribute('y', at.y);
    seal.setAttribute('aria-label', `印章，第 ${number} 页，距左 ${at.x} 毫米，距上 ${at.y} 毫米；用方向键移动`);
    page.value = number;
    left.value = at.x;
    top.value = at.y;
  };
  const here = () => [Number(page.value), Number(left.value), Number(top.value)];

  for (const input of [page, left, top]) input.addEventListener('change', () => put(...here()));

  // Millimetres under the pointer, on whichever page it is.
  const under = (event) => {
    for (const sheet of placing.querySelectorAll('.sheet')) {
      const box = sheet.querySelector('svg').getBoundingClientRect();
      if (event.clientY >= box.top && event.clientY <= box.bottom) {
        const scale = Number(sheet.dataset.width) / box.width;
        return { number: Number(sheet.dataset.page), x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
      }
    }
    return null;
  };

  let grip = null;
  placing.addEventListener('pointerdown', (event) => {
    const at = under(event);
    if (event.target !== seal || !at) return;
    event.preventDefault();
    seal.focus({ preventScroll: true });
    seal.setPointerCapture(event.pointerId);
    seal.classList.add('held');
    grip = { x: at.x - Number(left.value), y: at.y - Number(top.value) };
  });
  placing.addEventListener('pointermove', (event) => {
    const at = grip && under(event);
    if (at) put(at.number, at.x - grip.x, at.y - grip.y);
  });
  for (const name of ['pointerup', 'pointercancel']) {
    placing.addEventListener(name, () => {
      grip = null;
      seal.classList.remove('held');
    });
  }
  // A click on another place of a page brings the seal there.
  placing.addEventListener('dblclick', (event) => {
    const at = event.target.closest('.sheet') && under(event);
    if (at) put(at.number, at.x - size.w / 2, at.y - size.h / 2);
  });

  seal.addEventListener('keydown', (event) => {
    const by = event.shiftKey ? 5 : step;
    const [number, x, y] = here();
    const moves = {
      ArrowLeft: () => put(number, x - by, y),
      ArrowRight: () => put(number, x + by, y),
      ArrowUp: () => put(number, x, y - by),
      ArrowDown: () => put(number, x, y + by),
      PageDown: () => put(number + 1, x, y),
      PageUp: () => put(number - 1, x, y),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
    seal.focus();
  });
  put(...here());
}
