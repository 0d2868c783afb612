// The state of the background program and its tasks.

import { gameRows, problemsOf, programRows, recordingRows, recordingState } from '../lib/background.js';
import { el, figure, setData, setHidden, setText } from '../lib/dom.js';

/** Figures with long values, which get a whole line. */
const LONG = new Set(['Connection', 'File', 'Last file', 'Folder']);

/** A list of figures whose names never change. */
function figures(root, rowsOf) {
  const node = el('div', 'figures wide');
  root.append(node);
  let shown = null;
  return (status) => {
    const rows = rowsOf(status);
    if (!shown) {
      shown = rows.map(([name]) => figure(name, LONG.has(name) ? 'long' : ''));
      node.append(...shown.map((one) => one.node));
    }
    rows.forEach(([, value, state = ''], index) => shown[index].set(value, state));
  };
}

/** What is wrong now, as a list. Empty and hidden if nothing is. */
export function problems(root) {
  const list = el('ul', 'problems');
  root.append(list);
  return (status) => {
    const texts = problemsOf(status);
    setHidden(root, texts.length === 0);
    while (list.childElementCount > texts.length) list.lastChild.remove();
    texts.forEach((text, index) => {
      if (!list.children[index]) list.append(el('li'));
      setText(list.children[index], text);
    });
  };
}

/** The recording task. */
export function recordingTask(root) {
  const lamp = el('p', 'task-state');
  root.append(lamp);
  const update = figures(root, recordingRows);
  return (status) => {
    const { state, words } = recordingState(status?.recording);
    setText(lamp, words);
    setData(lamp, 'state', state);
    update(status);
  };
}

/** The connection to the game. */
export const gameTask = (root) => figures(root, gameRows);

/** The program itself. */
export const programTask = (root) => figures(root, programRows);
