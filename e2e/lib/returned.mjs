// A form that comes back: the printed page with the unit's stamp, the imprint and the signatures on it, photographed.

/**
 * A photograph (JPEG) of a printed page. `picture` is the page (A4, JPEG), `boxes` the places in mm that something is
 * missing in: on the left the frame for the imprint, on the right from above two signatures and the unit's stamp.
 * `turn` in degrees, as the camera was held.
 */
export async function stamped(browser, { picture, boxes, name, turn = 0, diameter = 42 }) {
  const page = await browser.newPage();
  try {
    const address = await page.evaluate(draw, {
      picture: `data:image/jpeg;base64,${picture.toString("base64")}`,
      boxes,
      name,
      turn,
      diameter,
    });
    return Buffer.from(address.slice(address.indexOf(",") + 1), "base64");
  } finally {
    await page.close();
  }
}

async function draw({ picture, boxes, name, turn, diameter }) {
  const paper = new Image();
  paper.src = picture;
  await paper.decode();
  const scale = paper.width / 210;
  const sheet = Object.assign(document.createElement("canvas"), { width: paper.width, height: paper.height });
  const ink = sheet.getContext("2d");
  ink.drawImage(paper, 0, 0);
  ink.scale(scale, scale);
  ink.globalCompositeOperation = "multiply";
  const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];

  const seal = ([x, y]) => {
    ink.save();
    ink.translate(x, y);
    ink.strokeStyle = ink.fillStyle = "#d81e17";
    ink.lineWidth = 1.2;
    const radius = diameter / 2 - 0.6;
    ink.beginPath();
    ink.arc(0, 0, radius, 0, 2 * Math.PI);
    ink.stroke();
    ink.beginPath();
    for (let corner = 0; corner < 10; corner++) {
      const at = (corner * Math.PI) / 5 - Math.PI / 2;
      const r = (corner % 2 ? 0.382 : 1) * 7;
      ink.lineTo(r * Math.cos(at), r * Math.sin(at));
    }
    ink.fill();
    ink.font = `bold ${diameter * 0.115}px "Noto Serif CJK SC", serif`;
    ink.textAlign = "center";
    const letters = [...name];
    const span = Math.min(1.5 * Math.PI, letters.length * 0.42);
    for (const [i, letter] of letters.entries()) {
      ink.save();
      ink.rotate(span * (i / (letters.length - 1) - 0.5));
      ink.fillText(letter, 0, -radius + diameter * 0.14);
      ink.restore();
    }
    ink.restore();
  };
  const sign = (box) => {
    ink.strokeStyle = "#1b2440";
    ink.lineWidth = 0.6;
    ink.beginPath();
    for (let step = 0; step <= 300; step++) {
      const t = step / 300;
      const x = box.x + box.width * (0.08 + 0.6 * t);
      const y = box.y + box.height * (0.5 + 0.28 * Math.sin(t * 38) + 0.12 * Math.cos(t * 13));
      ink.lineTo(x, y);
    }
    ink.stroke();
  };
  const frame = boxes.reduce((left, box) => (box.x < left.x ? box : left));
  const right = boxes.filter((box) => box !== frame).sort((a, b) => a.y - b.y);
  seal(middle(frame));
  seal(middle(right.at(-1)));
  for (const box of right.slice(0, -1)) sign(box);

  // The desk around the sheet, the light from one side.
  const photo = Object.assign(document.createElement("canvas"), { width: paper.width + 400, height: paper.height + 400 });
  const view = photo.getContext("2d");
  view.fillStyle = "#6b5c4c";
  view.fillRect(0, 0, photo.width, photo.height);
  view.translate(photo.width / 2, photo.height / 2);
  view.rotate((turn * Math.PI) / 180);
  view.drawImage(sheet, -sheet.width / 2, -sheet.height / 2);
  view.resetTransform();
  const light = view.createLinearGradient(0, 0, photo.width, photo.height);
  light.addColorStop(0, "rgba(0, 0, 0, 0)");
  light.addColorStop(1, "rgba(0, 0, 0, 0.18)");
  view.fillStyle = light;
  view.fillRect(0, 0, photo.width, photo.height);
  return photo.toDataURL("image/jpeg", 0.9);
}
