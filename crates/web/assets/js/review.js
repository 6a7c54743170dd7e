// The checklist by keyboard, the scan beside it: J and K move, Y or 1 accepts, N or 2 queries, Shift-A accepts what is
// left, + - R look closer at the material, Ctrl-Enter sends.
import { listening } from './keys.js';

const form = document.querySelector('[data-review]');
const points = [...form.querySelectorAll('[data-point]')];
const tally = form.querySelector('[data-tally]');
const exhibits = [...form.querySelectorAll('.exhibit')];
const bar = form.querySelector('[data-viewer]');
const LOOKED_AT = 'img, .returned > svg';
const beside = matchMedia('(min-width: 60em)');
let at = -1;
let shown = null;

const answer = (point, value) => {
  const input = point.querySelector(`input[value=${value}]`);
  input.checked = true;
  input.dispatchEvent(new Event('change', { bubbles: true }));
};

// One material at a time beside the points; below each other on a phone.
const show = (exhibit) => {
  if (!exhibit || !exhibits.includes(exhibit)) return;
  shown = exhibit;
  for (const other of exhibits) other.classList.toggle('shown', other === exhibit);
  bar.querySelector('[data-viewer-name]').textContent = exhibit.querySelector('strong').textContent;
  const isPicture = Boolean(exhibit.querySelector(LOOKED_AT));
  for (const button of bar.querySelectorAll('[data-view]')) button.disabled = !isPicture;
};

const look = (how) => {
  const picture = shown?.querySelector(LOOKED_AT);
  if (!picture) return;
  const state = picture.dataset;
  let zoom = Number(state.zoom ?? 1);
  let turn = Number(state.turn ?? 0);
  if (how === 'in') zoom = Math.min(zoom * 1.4, 6);
  if (how === 'out') zoom = Math.max(zoom / 1.4, 1);
  if (how === 'turn') turn = (turn + 90) % 360;
  if (how === 'fit') [zoom, turn] = [1, 0];
  Object.assign(state, { zoom, turn });
  picture.style.width = `${zoom * 100}%`;
  picture.style.rotate = `${turn}deg`;
  const frame = picture.parentElement;
  const sideways = turn % 180 !== 0;
  frame.style.minHeight = sideways ? `${picture.clientWidth}px` : '';
  picture.style.translate = sideways ? `0 ${(picture.clientWidth - picture.clientHeight) / 2}px` : '';
};

// The places that prove a point, marked on the whole page.
const mark = (ids) => {
  for (const place of form.querySelectorAll('.place.here')) place.classList.remove('here');
  for (const id of ids) document.getElementById(id)?.classList.add('here');
};
const showProof = (point) => {
  show(document.getElementById(point.dataset.exhibit));
  mark([...point.querySelectorAll('.crop')].map((crop) => crop.dataset.mark));
};

const go = (to) => {
  // Past the last point the decision waits.
  if (to >= points.length) {
    form.querySelector('.decide .button').focus();
    return;
  }
  at = Math.max(to, 0);
  const point = points[at];
  const folded = point.closest('details');
  if (folded) folded.open = true;
  point.focus();
  point.scrollIntoView({ block: 'center' });
  showProof(point);
};

const count = () => {
  const accepted = form.querySelectorAll('input[value=accept]:checked').length;
  const queried = form.querySelectorAll('input[value=query]:checked').length;
  const open = points.length - accepted - queried;
  if (open) tally.textContent = `共 ${points.length} 项：通过 ${accepted}，有问题 ${queried}，未核对 ${open}`;
  else if (queried) tally.textContent = `${queried} 项有问题，将写入整改通知。`;
  else tally.textContent = form.dataset.done;
};
const keys = {
  j: () => go(at + 1),
  k: () => go(at - 1),
  y: () => accept(),
  1: () => accept(),
  a: () => accept(),
  n: () => query(),
  2: () => query(),
  q: () => query(),
  '+': () => look('in'),
  '=': () => look('in'),
  '-': () => look('out'),
  r: () => look('turn'),
};
const accept = () => {
  if (at < 0) return;
  answer(points[at], 'accept');
  go(at + 1);
};
const query = () => {
  if (at < 0) return;
  answer(points[at], 'query');
  const words = points[at].querySelector('textarea');
  words.focus();
  words.setSelectionRange(words.value.length, words.value.length);
};

document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    const queried = form.querySelector('input[value=query]:checked');
    const decision = queried ? 'correct' : 'accept';
    form.requestSubmit(form.querySelector(`button[name=decision][value=${decision}]`));
    event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches('textarea, select, input:not([type=radio], [type=checkbox])')) {
    if (event.key === 'Escape') points[at]?.focus();
    return;
  }
  if (!listening(event)) return;
  const key = event.key.toLowerCase();
  if (key === 'a' && event.shiftKey) {
    for (const point of points) if (!point.querySelector('input:checked')) answer(point, 'accept');
  } else if (keys[key]) keys[key]();
  else return;
  event.preventDefault();
});
form.addEventListener('change', count);
form.addEventListener('focusin', (event) => {
  const index = points.indexOf(event.target.closest('[data-point]'));
  if (index >= 0) {
    at = index;
    showProof(points[index]);
  }
});
form.addEventListener('click', (event) => {
  const link = event.target.closest('.to-exhibit');
  if (link && beside.matches) {
    show(document.getElementById(link.hash.slice(1)));
    event.preventDefault();
  }
  const crop = event.target.closest('.crop');
  const place = crop && document.getElementById(crop.dataset.mark);
  if (place && beside.matches) {
    show(place.closest('.exhibit'));
    mark([crop.dataset.mark]);
    place.scrollIntoView({ block: 'center', inline: 'center' });
    event.preventDefault();
  }
  const button = event.target.closest('[data-view]');
  if (button) look(button.dataset.view);
});
if (exhibits.length) {
  bar.hidden = false;
  form.classList.add('with-viewer');
  const first = points.find((point) => point.dataset.exhibit);
  show(first ? document.getElementById(first.dataset.exhibit) : exhibits[0]);
}
count();
