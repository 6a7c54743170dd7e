// Working by keyboard: J and K go through a list, N to what is to be done next, H to one's own desk, ? tells all keys.
// Single keys can be switched off where they are listed (WCAG 2.1.4).
const help = document.querySelector('[data-keys]');
const opener = document.querySelector('[data-keys-open]');
const KEPT = 'yinxin.keys';

/** Whether single keys are keys here: not while something is typed, not when they are switched off. */
export const listening = (event) =>
  !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector('dialog[open]') &&
  localStorage.getItem(KEPT) !== 'off' &&
  !event.target.matches('textarea, select, input:not([type=radio], [type=checkbox], [type=submit], [type=button])');

const show = () => {
  if (help && !help.open) help.showModal();
};

/** The rows of the first list on the page, by the link that opens each. */
const rows = () => [...document.querySelectorAll('main .table tbody tr')].map((row) => row.querySelector('a[href]')).filter(Boolean);

const move = (by) => {
  const links = rows();
  if (!links.length) return false;
  const at = links.findIndex((link) => link.closest('tr').contains(document.activeElement));
  const next = links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)];
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
  return true;
};

/** What is to be done next: where the page leads to, else its main button, else the first field of its form. */
const next = () => {
  const found = document.querySelector(
    'main .turn a.button, main .problems a, main [aria-invalid=true], main .button.primary:not([disabled])',
  );
  if (!found) return false;
  const fold = found.closest('details');
  if (fold) fold.open = true;
  found.focus();
  found.scrollIntoView({ block: 'center' });
  return true;
};

if (help) {
  const box = help.querySelector('[data-keys-single]');
  box.checked = localStorage.getItem(KEPT) !== 'off';
  box.addEventListener('change', () => localStorage.setItem(KEPT, box.checked ? 'on' : 'off'));
  opener.hidden = false;
  opener.addEventListener('click', show);

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || !listening(event)) return;
    if (event.key === '?') show();
    else if (event.shiftKey) return;
    else if (event.key === 'h') location.assign('/desk');
    // The checklist has keys of its own.
    else if (document.querySelector('[data-review]')) return;
    else if (event.key === 'n') {
      if (!next()) return;
    } else if (event.key === 'j' || event.key === 'k') {
      if (!move(event.key === 'j' ? 1 : -1)) return;
    } else return;
    event.preventDefault();
  });
}
