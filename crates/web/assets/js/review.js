// The checklist by keyboard: J and K move, A accepts, Q queries, Shift-A accepts what is left.
import { listening } from './keys.js';

const form = document.querySelector('[data-review]');
const points = [...form.querySelectorAll('[data-point]')];
const tally = form.querySelector('[data-tally]');
let at = -1;

const answer = (point, value) => {
  const input = point.querySelector(`input[value=${value}]`);
  input.checked = true;
  input.dispatchEvent(new Event('change', { bubbles: true }));
};

const go = (to) => {
  // Past the last point the decision waits.
  if (to >= points.length) {
    form.querySelector('.decide .button').focus();
    return;
  }
  at = Math.max(to, 0);
  const point = points[at];
  point.focus();
  point.scrollIntoView({ block: 'center' });
  for (const exhibit of form.querySelectorAll('.exhibit')) {
    const shown = exhibit.id === point.dataset.exhibit;
    exhibit.classList.toggle('shown', shown);
    if (shown) exhibit.parentElement.closest('aside').scrollTop = exhibit.offsetTop - exhibit.parentElement.offsetTop;
  }
};

const count = () => {
  const accepted = form.querySelectorAll('input[value=accept]:checked').length;
  const queried = form.querySelectorAll('input[value=query]:checked').length;
  const open = points.length - accepted - queried;
  if (open) tally.textContent = `共 ${points.length} 项：通过 ${accepted}，有问题 ${queried}，未核对 ${open}`;
  else if (queried) tally.textContent = `${queried} 项有问题，将写入整改通知。`;
  else tally.textContent = '全部通过，可以受理。';
};

document.addEventListener('keydown', (event) => {
  if (!listening(event)) return;
  const key = event.key.toLowerCase();
  if (key === 'j') go(at + 1);
  else if (key === 'k') go(at - 1);
  else if (key === 'a' && event.shiftKey) {
    for (const point of points) if (!point.querySelector('input:checked')) answer(point, 'accept');
  } else if (key === 'a' && at >= 0) {
    answer(points[at], 'accept');
    go(at + 1);
  } else if (key === 'q' && at >= 0) {
    answer(points[at], 'query');
    points[at].querySelector('textarea').focus();
  } else return;
  event.preventDefault();
});
form.addEventListener('change', count);
form.addEventListener('focusin', (event) => {
  const index = points.indexOf(event.target.closest('[data-point]'));
  if (index >= 0) at = index;
});
count();
