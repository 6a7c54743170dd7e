// A server of our own: `yinxin serve` on a free port with its data in a temporary folder.

import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));

/**
 * A server on which every seal is near its expiry: so renewal is open without waiting. USB KEYs need not be in the
 * stock. Several journeys share it.
 */
export function nearExpiry() {
  return { name: "near-expiry", settings: "seal_validity_days = 20\n\n[policy]\nkey_stock_required = false\n" };
}

export class Server {
  /** Starts a server; `args` are added to the command line, `settings` is the text of its settings file. */
  static async start({ args = [], env = {}, settings } = {}) {
    const data = await mkdtemp(join(tmpdir(), "yinxin-e2e-"));
    if (settings) {
      const file = join(data, "yinxin.toml");
      await writeFile(file, settings);
      args = [...args, "--config", file];
    }
    const server = new Server(data, args, env);
    try {
      await server.up();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  constructor(data, args, env) {
    Object.assign(this, { data, args, env, log: [], url: null, child: null });
  }

  /** Starts the program on the data as they are; the address may change. */
  async up() {
    const program = process.env.YINXIN_BIN ?? "../target/debug/yinxin";
    const child = spawn(program, ["serve", "--data", this.data, "--listen", "127.0.0.1:0", ...this.args], {
      env: { ...process.env, ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    running.add(child);
    // A program that cannot be started gives an error and no exit.
    this.ended = new Promise((resolve) => child.once("exit", resolve).once("error", resolve)).then(() =>
      running.delete(child),
    );
    const seconds = 120;
    this.url = await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no address after ${seconds} s\n${this.tail()}`)), seconds * 1000);
      child.once("error", reject);
      child.once("exit", (code, signal) => reject(new Error(`the server ended (${code ?? signal})\n${this.tail()}`)));
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8");
        let rest = "";
        stream.on("data", (text) => {
          const lines = (rest + text).split("\n");
          rest = lines.pop();
          for (const line of lines) {
            this.log.push(line);
            const address = line.match(/http:\/\/127\.0\.0\.1:\d+/);
            if (address) {
              clearTimeout(late);
              resolve(address[0]);
            }
          }
        });
      }
    });
    await this.answers();
  }

  /** Waits until the address that was printed answers. */
  async answers() {
    for (let attempt = 0; ; attempt++) {
      try {
        return await fetch(this.url, { redirect: "manual" });
      } catch (error) {
        if (attempt === 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Ends the program as an operator would. */
  async down() {
    if (!running.has(this.child)) return;
    this.child.kill("SIGTERM");
    const hard = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    await this.ended;
    clearTimeout(hard);
  }

  /** Ends the program as a power cut would. */
  async kill() {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  /** Ends the program and removes the data. */
  async close() {
    await this.down();
    await rm(this.data, { recursive: true, force: true });
  }

  /** The last lines that it printed, without its greeting. */
  tail(lines = 30) {
    const greeting = this.log.findIndex((line) => line.includes("Ctrl-C")) + 1;
    return this.log.slice(greeting).slice(-lines).join("\n");
  }
}
