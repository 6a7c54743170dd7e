// The search box answers while one types: Ctrl-K (⌘K) opens it, ↑ ↓ choose, Enter goes there. Without an answer, or
// without script, Enter sends the form to the page of results.

const PAUSE = 180;
const input = document.querySelector('[data-search]');
if (input) palette(input);

function palette(input) {
  const form = input.form;
  const list = document.createElement('div');
  list.className = 'palette';
  list.id = 'palette';
  list.hidden = true;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', '搜索结果');
  form.append(list);
  const said = document.createElement('span');
  said.className = 'hush';
  said.setAttribute('role', 'status');
  form.append(said);
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', list.id);
  input.setAttribute('aria-expanded', 'false');
  input.autocomplete = 'off';

  let options = [];
  let chosen = -1;
  let timer = 0;
  let asked = null;

  const close = () => {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    choose(-1);
  };
  const choose = (place) => {
    options[chosen]?.setAttribute('aria-selected', 'false');
    chosen = place;
    const option = options[chosen];
    if (option) {
      option.setAttribute('aria-selected', 'true');
      option.scrollIntoView({ block: 'nearest' });
      input.setAttribute('aria-activedescendant', option.id);
    } else {
      input.removeAttribute('aria-activedescendant');
    }
  };
  const show = (groups) => {
    options = [];
    chosen = -1;
    input.removeAttribute('aria-activedescendant');
    list.replaceChildren(...groups.map((group, g) => {
      const box = document.createElement('div');
      box.setAttribute('role', 'group');
      const head = document.createElement('p');
      head.id = `palette-${g}`;
      head.textContent = group.name;
      box.setAttribute('aria-labelledby', head.id);
      box.append(head);
      for (const hit of group.hits) {
        const option = document.createElement('div');
        option.setAttribute('role', 'option');
        option.setAttribute('aria-selected', 'false');
        option.id = `palette-hit-${options.length}`;
        const title = document.createElement('strong');
        title.textContent = hit.title;
        const detail = document.createElement('span');
        detail.textContent = hit.detail;
        option.append(title, detail);
        // Pressed, not clicked: the box would lose the focus, and close, before.
        option.addEventListener('mousedown', (event) => {
          event.preventDefault();
          location.assign(hit.href);
        });
        option.dataset.href = hit.href;
        options.push(option);
        box.append(option);
      }
      return box;
    }));
    const open = options.length > 0;
    list.hidden = !open;
    input.setAttribute('aria-expanded', String(open));
    said.textContent = open ? `找到 ${options.length} 项` : '没有找到';
  };
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const address = `/desk/search.json?q=${encodeURIComponent(input.value.trim())}`;
      const answer = await fetch(address, { signal: asked.signal });
      if (answer.ok) show(await answer.json());
    } catch {
      // Another key was pressed meanwhile, or nobody answers: Enter still sends the form.
    }
  };

  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) {
        ask();
      } else {
        const step = event.key === 'ArrowDown' ? 1 : -1;
        const start = chosen < 0 && step < 0 ? 0 : chosen;
        choose((start + step + options.length) % options.length);
      }
    } else if (event.key === 'Enter' && !list.hidden && options[chosen]) {
      event.preventDefault();
      location.assign(options[chosen].dataset.href);
    }
  });
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      input.focus();
      input.select();
      ask();
    }
  });
}
