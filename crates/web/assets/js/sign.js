// A signature written with finger, pen or mouse becomes the file that the form uploads. Who cannot write here uploads the
// signed sheet in the same field; without script that is the only way.
const ink = '#101828';
const padding = 12;

for (const input of document.querySelectorAll('input[type=file][data-sign]')) begin(input);

function begin(input) {
  const pad = document.createElement('div');
  pad.className = 'sign-pad';
  pad.innerHTML = `<canvas role="img" aria-label="签名框：请领取人用手指、触控笔或鼠标签写姓名"></canvas>
    <p class="sign-hint" aria-hidden="true"></p>
    <div class="sign-end"><span class="help" role="status"></span><button type="button" class="button small" disabled>清除重签</button></div>`;
  pad.querySelector('.sign-hint').textContent = input.required ? '请领取人在此签名' : '已有签名，要重签的请在此签写';
  const upload = input.closest('[data-upload]');
  upload.before(pad);
  const canvas = pad.querySelector('canvas');
  const said = pad.querySelector('[role=status]');
  const clear = pad.querySelector('button');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let strokes = [];
  let stroke = null;
  let scale = 1;

  // The strokes are kept in lengths of the page, so that turning a tablet loses nothing.
  const draw = () => {
    scale = Math.min(3, Math.max(2, window.devicePixelRatio || 1));
    canvas.width = Math.round(canvas.clientWidth * scale);
    canvas.height = Math.round(canvas.clientHeight * scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.strokeStyle = ink;
    for (const points of strokes) line(points, 1);
  };
  const line = (points, from) => {
    if (points.length === 1) points = [points[0], { ...points[0], x: points[0].x + 0.1 }];
    for (let i = Math.max(1, from); i < points.length; i += 1) {
      const [a, b] = [points[i - 1], points[i]];
      context.lineWidth = b.width;
      context.beginPath();
      context.moveTo(a.x, a.y);
      context.lineTo(b.x, b.y);
      context.stroke();
    }
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const pressed = event.pointerType === 'pen' && event.pressure > 0 ? event.pressure : 0.5;
    return { x: event.clientX - box.left, y: event.clientY - box.top, width: 1.5 + 3 * pressed };
  };

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button > 0 || stroke) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    stroke = { id: event.pointerId, points: [at(event)] };
    strokes.push(stroke.points);
    pad.classList.add('signed');
    line(stroke.points, 1);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (stroke?.id !== event.pointerId) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    const from = stroke.points.length;
    for (const each of passed.length ? passed : [event]) stroke.points.push(at(each));
    line(stroke.points, from);
  });
  for (const name of ['pointerup', 'pointercancel']) {
    canvas.addEventListener(name, (event) => {
      if (stroke?.id !== event.pointerId) return;
      stroke = null;
      keep();
    });
  }
  clear.addEventListener('click', () => {
    strokes = [];
    pad.classList.remove('signed');
    clear.disabled = true;
    said.textContent = '';
    draw();
    put([]);
    canvas.scrollIntoView({ block: 'nearest' });
  });

  const put = (files) => {
    const list = new DataTransfer();
    for (const file of files) list.items.add(file);
    input.files = list.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  };
  // What is written, on white, with a margin.
  const keep = () => {
    const points = strokes.flat();
    const [xs, ys] = [points.map((p) => p.x), points.map((p) => p.y)];
    const left = Math.min(...xs) - padding;
    const top = Math.min(...ys) - padding;
    const width = Math.max(...xs) - left + padding;
    const height = Math.max(...ys) - top + padding;
    const sheet = document.createElement('canvas');
    sheet.width = Math.ceil(width * scale);
    sheet.height = Math.ceil(height * scale);
    const paper = sheet.getContext('2d');
    paper.fillStyle = '#fff';
    paper.fillRect(0, 0, sheet.width, sheet.height);
    paper.drawImage(canvas, -left * scale, -top * scale);
    const written = strokes.length;
    sheet.toBlob((blob) => {
      if (!blob || strokes.length !== written) return;
      put([new File([blob], '现场签名.png', { type: 'image/png' })]);
      clear.disabled = false;
      said.textContent = '已签写，随登记一起保存。';
    }, 'image/png');
  };

  // A scan that is chosen takes the place of what was written.
  input.addEventListener('change', (event) => {
    if (!event.isTrusted || !strokes.length) return;
    strokes = [];
    pad.classList.remove('signed');
    clear.disabled = true;
    said.textContent = '';
    draw();
  });
  new ResizeObserver(draw).observe(canvas);
  draw();
}
