// What people bring to the platform: the imprint of a round seal, scans of signed papers. Drawn here, never stored.

/** A round official seal in red, stamped on white paper and scanned; `diameter` in mm. A PNG. */
export async function imprint(browser, { name, diameter = 42, dpi = 300 }) {
  return drawn(browser, ({ name, diameter, dpi }) => {
    const scale = dpi / 25.4;
    const canvas = Object.assign(document.createElement("canvas"), {
      width: Math.round((diameter + 6) * scale),
      height: Math.round((diameter + 6) * scale),
    });
    const ink = canvas.getContext("2d");
    ink.fillStyle = "#fff";
    ink.fillRect(0, 0, canvas.width, canvas.height);
    ink.scale(scale, scale);
    ink.translate(diameter / 2 + 3, diameter / 2 + 3);
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
      ink.rotate(letters.length > 1 ? span * (i / (letters.length - 1) - 0.5) : 0);
      ink.fillText(letter, 0, -radius + diameter * 0.14);
      ink.restore();
    }
    return canvas.toDataURL("image/png");
  }, { name, diameter, dpi });
}

/** A hand-written name in black ink on white paper, scanned; 40 × 20 mm and some paper around. A PNG. */
export async function signature(browser, { name, dpi = 300 }) {
  return drawn(browser, ({ name, dpi }) => {
    const scale = dpi / 25.4;
    const canvas = Object.assign(document.createElement("canvas"), {
      width: Math.round(46 * scale),
      height: Math.round(26 * scale),
    });
    const ink = canvas.getContext("2d");
    ink.fillStyle = "#fff";
    ink.fillRect(0, 0, canvas.width, canvas.height);
    ink.scale(scale, scale);
    ink.fillStyle = "#1a1a1a";
    ink.font = 'italic 12px "Noto Serif CJK SC", serif';
    ink.textBaseline = "middle";
    ink.fillText(name, 4, 13, 38);
    return canvas.toDataURL("image/png");
  }, { name, dpi });
}

/** A sheet of paper with some words and a seal on it, as a photograph: a JPEG. */
export async function paper(browser, ...lines) {
  return drawn(browser, (lines) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 827, height: 1169 });
    const ink = canvas.getContext("2d");
    ink.fillStyle = "#fdfdfb";
    ink.fillRect(0, 0, 827, 1169);
    ink.fillStyle = "#222";
    for (const [i, line] of lines.entries()) {
      ink.font = i ? '24px "Noto Serif CJK SC", serif' : 'bold 34px "Noto Serif CJK SC", serif';
      ink.fillText(line, 90, 150 + i * 60);
    }
    ink.strokeStyle = "rgba(216, 30, 23, 0.8)";
    ink.lineWidth = 5;
    ink.beginPath();
    ink.arc(600, 900, 82, 0, 2 * Math.PI);
    ink.stroke();
    return canvas.toDataURL("image/jpeg", 0.85);
  }, lines);
}

/** A file as the browser's file chooser takes it. */
export function file(name, buffer, mimeType = "application/octet-stream") {
  return { name, mimeType, buffer: Buffer.from(buffer) };
}

async function drawn(browser, draw, what) {
  const page = await browser.newPage();
  try {
    const address = await page.evaluate(draw, what);
    return Buffer.from(address.slice(address.indexOf(",") + 1), "base64");
  } finally {
    await page.close();
  }
}
