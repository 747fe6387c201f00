import { notify, safe } from "@portolan/client";
import { BoardView } from "./board-view.ts";
import { connect, tellTruth } from "./connection.ts";
import { placeOf } from "./place.ts";
import { sendFile } from "./send-file.ts";

const element = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
const colours = ["#c0392b", "#2471a3", "#1e8449", "#7d3c98", "#b9770e", "#117a65"];
const number = Math.floor(Math.random() * 1000);
const who = {
  name: new URLSearchParams(location.search).get("name")?.slice(0, 40) || `Guest ${number}`,
  colour: colours[number % colours.length] as string,
};

const client = connect(who);
tellTruth(client, element("banner"));
const board = element("board");
const view = new BoardView(board, element("guests"), {
  move: (id, x, y) => void safe(client.notes.move(id, x, y)),
  write: (id, text) => void safe(client.notes.write(id, text)),
  remove: (id) => void safe(client.notes.remove(id)),
});

element("add").addEventListener("click", () => {
  void safe(client.notes.add(0.1 + 0.6 * Math.random(), 0.1 + 0.6 * Math.random(), ""));
});
board.addEventListener("pointermove", (event) => {
  const { x, y } = placeOf(event, board);
  // A pointer that got lost does not matter: nobody waits for an answer.
  if (element("banner").dataset["state"] === "ready") notify(client.point)(x, y);
});
const send = (file: File, at: { x: number; y: number }) => sendFile(client, file, at, element("transfers"));
element("choose").addEventListener("change", ({ target }) => {
  for (const file of (target as HTMLInputElement).files ?? []) void send(file, { x: 0.4, y: 0.4 });
});
board.addEventListener("dragover", (event) => {
  event.preventDefault();
  board.classList.add("over");
});
board.addEventListener("dragleave", () => board.classList.remove("over"));
board.addEventListener("drop", (event) => {
  event.preventDefault();
  board.classList.remove("over");
  for (const file of event.dataTransfer?.files ?? []) void send(file, placeOf(event, board));
});

// Watching ends with its connection, and begins anew with the next one: its first event is the whole board.
for (;;) {
  try {
    for await (const event of client.watch()) view.take(event);
  } catch {
    // The banner tells what happened.
  }
  if (element("banner").dataset["state"] === "closed") break;
}
