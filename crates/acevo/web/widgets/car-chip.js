// The model of a car as a letter on a colour.

import { el, setData, setHidden, setText } from '../lib/dom.js';
import { modelName } from '../lib/field.js';

/** Colours in the style sheet. Further models share them; their letters differ. */
const COLORS = 6;

/** `set` takes the letters of all models, which are empty if a chip is not needed. */
export function carChip() {
  const node = el('i', 'car-chip');
  return {
    node,
    set(car, letters) {
      const letter = letters.get(car?.model) ?? '';
      setHidden(node, letters.size === 0);
      setText(node, letter);
      setData(node, 'color', letter ? String([...letters.keys()].indexOf(car.model) % COLORS) : '');
      const title = letter ? modelName(car.model) : '';
      if (node.title !== title) node.title = title;
    },
  };
}
