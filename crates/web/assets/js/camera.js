// Photographing papers: the page's outline over the video and what to do better, several times a second; each photo is
// looked at at once and put into the form, which goes the way of any upload.
const camera = document.querySelector('[data-camera]');
const video = camera.querySelector('video');
const overlay = camera.querySelector('canvas');
const saying = camera.querySelector('[data-saying]');
const opening = camera.querySelector('[data-open]');
const shooting = camera.querySelector('[data-shoot]');
const taken = document.querySelector('[data-taken]');
const form = document.querySelector('[data-photos] form');
const files = form.querySelector('input[type=file]');
const lights = new Map([...camera.querySelectorAll('[data-light]')].map((light) => [light.dataset.light, light]));
const say = (text) => { if (saying.textContent !== text) saying.textContent = text; };

// The worker, and who waits for which answer.
const waiting = new Map();
let asked = 0;
let worker;
if (camera.dataset.worker) {
  worker = new Worker(`${camera.dataset.worker}?module=${encodeURIComponent(camera.dataset.module)}`, { type: 'module' });
  worker.addEventListener('message', ({ data }) => {
    waiting.get(data.id)?.(data.seen);
    waiting.delete(data.id);
  });
  worker.addEventListener('error', () => {
    for (const answer of waiting.values()) answer(undefined);
    waiting.clear();
    worker = undefined;
  });
}
const ask = (question, transfer) => new Promise((answer) => {
  if (!worker) { answer(undefined); return; }
  asked += 1;
  waiting.set(asked, answer);
  worker.postMessage({ id: asked, ...question }, transfer);
});

// The photos are the files of the form.
const photos = new DataTransfer();
const keep = () => { files.files = photos.files; };
keep();

const light = (name, on) => {
  const one = lights.get(name);
  one.dataset.on = on === undefined ? '' : String(on);
  one.querySelector('[data-word]').textContent = { true: '好', false: '未达到' }[on] ?? '待检查';
};

const draw = (seen) => {
  overlay.width = video.videoWidth;
  overlay.height = video.videoHeight;
  const pen = overlay.getContext('2d');
  if (!seen?.page) return;
  const scale = video.videoWidth / seen.width;
  pen.lineWidth = Math.max(3, video.videoWidth / 200);
  pen.strokeStyle = seen.code && seen.remarks.length === 0 ? '#2fbf71' : '#f0a202';
  pen.beginPath();
  for (const [x, y] of seen.outline) pen.lineTo(x * scale, y * scale);
  pen.closePath();
  pen.stroke();
};

const show = (seen) => {
  const has = (...codes) => seen.remarks.some((remark) => codes.includes(remark.code));
  // Edges alone may be those of a table on the page.
  light('page', ['corner_marks', 'code_only'].includes(seen.how) && !has('scan_cut_off'));
  light('code', Boolean(seen.code));
  light('sharp', seen.page && !has('scan_blurred'));
  light('bright', !has('scan_dark', 'scan_bright'));
  draw(seen);
  if (seen.remarks.length > 0) say(seen.remarks[0].message);
  else if (!seen.page) say('请将整张纸放在深色、平整的桌面上，四个角都拍进画面。');
  else if (!seen.code) say('请靠近一些，让二维码清晰可见。');
  else say('已看清，可以拍照。');
};

// A frame as large as the code needs it, not larger.
const still = document.createElement('canvas');
const watch = async () => {
  if (!video.srcObject) return;
  const scale = Math.min(1, 2200 / Math.max(video.videoWidth, video.videoHeight));
  const [width, height] = [video.videoWidth, video.videoHeight].map((side) => Math.round(side * scale));
  if (width > 0 && worker && !document.hidden) {
    still.width = width;
    still.height = height;
    const pen = still.getContext('2d', { willReadFrequently: true });
    pen.drawImage(video, 0, 0, width, height);
    const pixels = pen.getImageData(0, 0, width, height).data.buffer;
    const seen = await ask({ frame: { pixels, width, height } }, [pixels]);
    if (seen && video.srcObject) show({ ...seen, width });
  }
  setTimeout(watch, 200);
};

const close = () => {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
  camera.classList.remove('open');
  opening.hidden = false;
  shooting.hidden = true;
};

opening.addEventListener('click', async () => {
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      audio: false,
      // Only the width: a browser that is asked for both cuts the picture to that shape.
      video: { facingMode: { ideal: 'environment' }, width: { ideal: 3840 } },
    });
    await video.play();
  } catch (error) {
    close();
    say(error.name === 'NotAllowedError'
      ? '没有使用相机的权限，请在浏览器的地址栏中允许使用相机后重试，或在下方选择照片上传。'
      : '没有找到可用的相机，请在下方选择照片或扫描件上传。');
    return;
  }
  camera.classList.add('open');
  opening.hidden = true;
  shooting.hidden = false;
  shooting.focus();
  say(worker ? '请将整张纸放在深色、平整的桌面上，四个角都拍进画面。' : '本浏览器不支持即时检查，拍照上传后由平台检查。');
  watch();
});

// The camera's own photo is finer than its video.
const shoot = async () => {
  const [track] = video.srcObject.getVideoTracks();
  if ('ImageCapture' in window) {
    const late = new Promise((_, fail) => { setTimeout(fail, 4000); });
    try {
      return await Promise.race([new ImageCapture(track).takePhoto(), late]);
    } catch { /* The frame will do. */ }
  }
  const frame = document.createElement('canvas');
  frame.width = video.videoWidth;
  frame.height = video.videoHeight;
  frame.getContext('2d').drawImage(video, 0, 0);
  return new Promise((done) => { frame.toBlob(done, 'image/jpeg', 0.92); });
};

const line = (text, tone) => {
  const item = document.createElement('li');
  item.textContent = text;
  if (tone) item.className = tone;
  return item;
};

const judge = (list, seen) => {
  list.replaceChildren();
  if (!seen) { list.append(line('上传后由平台检查。')); return; }
  if (seen.fault) { list.append(line(seen.fault.message, 'bad')); return; }
  list.append(seen.code ? line('已识别二维码，将自动归入办件。', 'good') : line('没有识别到二维码，请重拍或上传后自行指定办件。', 'bad'));
  for (const remark of seen.remarks) if (remark.code !== 'scan_no_code') list.append(line(remark.message, 'bad'));
  if (seen.imprint?.found) {
    const { width_mm: width, height_mm: height } = seen.imprint;
    list.append(line(`找到印模：${width.toFixed(1)} × ${height.toFixed(1)} 毫米。`, 'good'));
  }
  for (const remark of seen.imprint?.remarks ?? []) list.append(line(remark.message, 'bad'));
  if (list.children.length === 1 && seen.code) list.append(line('照片清晰完整，可以上传。', 'good'));
};

shooting.addEventListener('click', async () => {
  shooting.disabled = true;
  const blob = await shoot();
  shooting.disabled = false;
  if (!blob) { say('拍照没有成功，请重试。'); return; }
  const file = new File([blob], `拍照-${photos.items.length + 1}.jpg`, { type: blob.type || 'image/jpeg' });
  photos.items.add(file);
  keep();

  const item = document.createElement('li');
  const picture = document.createElement('img');
  picture.src = URL.createObjectURL(blob);
  picture.alt = file.name;
  const list = document.createElement('ul');
  list.append(line('正在检查…'));
  const again = document.createElement('button');
  again.type = 'button';
  again.className = 'button small';
  again.textContent = '删除重拍';
  again.setAttribute('aria-label', `删除重拍：${file.name}`);
  again.addEventListener('click', () => {
    const at = [...photos.files].indexOf(file);
    if (at >= 0) photos.items.remove(at);
    keep();
    URL.revokeObjectURL(picture.src);
    item.remove();
    shooting.focus();
  });
  const words = document.createElement('div');
  words.append(list, again);
  item.append(picture, words);
  taken.append(item);
  taken.closest('section').hidden = false;
  const bytes = await blob.arrayBuffer();
  judge(list, await ask({ file: bytes }, [bytes]));
});

form.addEventListener('submit', close);
window.addEventListener('pagehide', close);
if (!navigator.mediaDevices?.getUserMedia) {
  opening.hidden = true;
  say('本浏览器不能直接使用相机（需要 https 访问），请在下方选择照片上传。');
}
