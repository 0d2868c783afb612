import assert from 'node:assert/strict';
import { test } from 'node:test';

import { keyedRows } from '../web/lib/rows.js';

/** A list of elements, as far as `keyedRows` needs it. */
class Holder {
  children = [];
  moves = 0;

  get firstElementChild() {
    return this.children[0] ?? null;
  }

  insertBefore(node, before) {
    this.moves += 1;
    this.children = this.children.filter((other) => other !== node);
    this.children.splice(before ? this.children.indexOf(before) : this.children.length, 0, node);
  }

  create(key) {
    const row = { key };
    Object.defineProperty(row, 'nextElementSibling', { get: () => this.children[this.children.indexOf(row) + 1] ?? null });
    row.remove = () => {
      this.children = this.children.filter((other) => other !== row);
    };
    return { row };
  }

  get text() {
    return this.children.map(({ key }) => key).join('');
  }
}

function holderWith(keys) {
  const holder = new Holder();
  const rowsFor = keyedRows(holder, (key) => holder.create(key));
  rowsFor([...keys]);
  holder.moves = 0;
  return { holder, rowsFor };
}

test('rows are those of their keys in every order, and are reused', () => {
  const { holder, rowsFor } = holderWith('abcde');
  const first = new Map(holder.children.map((row) => [row.key, row]));
  for (const order of ['bacde', 'ecabd', 'edcba', 'ea', 'xea', 'ae', '']) {
    assert.equal(rowsFor([...order]).map(({ row }) => row.key).join(''), order);
    assert.equal(holder.text, order);
    for (const row of holder.children) assert.ok(row.key === 'x' || row === first.get(row.key), `${row.key} in ${order}`);
  }
});

test('an unchanged order moves no row, and an overtaking car one', () => {
  const { holder, rowsFor } = holderWith('abcde');
  rowsFor([...'abcde']);
  assert.equal(holder.moves, 0);
  rowsFor([...'acbde']);
  assert.equal(holder.moves, 1);
  rowsFor([...'acde']);
  assert.equal(holder.moves, 1, 'a removed row moves no other');
});
