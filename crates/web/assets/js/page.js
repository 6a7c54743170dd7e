// Every page: what a form cannot do by itself. Nothing here is needed to get through a process.
import './keys.js';
import './palette.js';

document.documentElement.classList.add('js');

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}

// A form is sent once: a second click waits for the first answer.
for (const form of document.querySelectorAll('form[method=post]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = 'yes';
    form.setAttribute('aria-busy', 'true');
  });
}
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent;
    form.removeAttribute('aria-busy');
  }
});

// A menu closes when its reader goes elsewhere, or by Escape.
for (const menu of document.querySelectorAll('details[data-menu]')) {
  document.addEventListener('click', (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });
}

// How many rows are ticked.
for (const tally of document.querySelectorAll('[data-picked]')) {
  const form = tally.closest('form');
  const show = () => {
    const picked = form.querySelectorAll('.tick input:checked').length;
    tally.textContent = picked ? `已选 ${picked} 件` : '';
  };
  form.addEventListener('change', show);
  show();
}

// Upload boxes: drop, the chosen names, a preview of pictures.
for (const box of document.querySelectorAll('[data-upload]')) {
  const input = box.querySelector('input[type=file]');
  const names = box.querySelector('[data-names]');
  const preview = box.querySelector('[data-preview]');
  const show = () => {
    const files = [...input.files];
    if (names) names.textContent = files.map((file) => file.name).join('、');
    if (!preview) return;
    preview.replaceChildren();
    preview.hidden = true;
    const picture = files.find((file) => file.type.startsWith('image/'));
    if (picture) {
      const image = new Image();
      image.alt = `${picture.name} 的预览`;
      image.src = URL.createObjectURL(picture);
      image.addEventListener('load', () => URL.revokeObjectURL(image.src), { once: true });
      preview.append(image);
      preview.hidden = false;
    }
  };
  input.addEventListener('change', show);
  for (const name of ['dragenter', 'dragover']) {
    box.addEventListener(name, (event) => {
      event.preventDefault();
      box.classList.add('over');
    });
  }
  for (const name of ['dragleave', 'drop']) box.addEventListener(name, () => box.classList.remove('over'));
  box.addEventListener('drop', (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
    const form = box.closest('form[data-drop]');
    if (form) form.requestSubmit();
  });
}
