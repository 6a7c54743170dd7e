// Looks at pictures of papers away from the page: the module made of crates/glance, one question at a time.
const module = new URL(self.location).searchParams.get('module');
let wasm;

const load = async () => {
  const loaded = await WebAssembly.instantiateStreaming(fetch(module), {});
  wasm = loaded.instance.exports;
};

// Bytes in, what the module says out. A question that the module dies of leaves a fresh module behind.
const ask = async (bytes, question) => {
  if (!wasm) await load();
  try {
    const room = wasm.glance_take(bytes.length);
    new Uint8Array(wasm.memory.buffer, room, bytes.length).set(bytes);
    const answer = question(room, bytes.length);
    const length = new DataView(wasm.memory.buffer).getUint32(answer, true);
    const json = new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, answer + 4, length));
    wasm.glance_give(answer, length + 4);
    return JSON.parse(json);
  } catch (error) {
    wasm = undefined;
    throw error;
  }
};

self.addEventListener('message', async ({ data }) => {
  const { id, frame, file } = data;
  try {
    const seen = frame
      ? await ask(new Uint8Array(frame.pixels), (room, length) => wasm.glance_frame(room, length, frame.width, frame.height))
      : await ask(new Uint8Array(file), (room, length) => wasm.glance_examine(room, length));
    self.postMessage({ id, seen });
  } catch (error) {
    self.postMessage({ id, fault: String(error) });
  }
});
