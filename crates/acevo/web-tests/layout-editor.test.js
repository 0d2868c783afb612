import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  addVariant, addWidget, changeWidget, duplicateWidget, findVariant, removeVariant, removeWidget, reorderWidget, setCanvas, setOption,
} from '../web/lib/layout-edit.js';
import { LayoutEditor } from '../web/lib/layout-editor.js';
import { layoutAddress } from '../web/lib/layout-files.js';
import { PRESETS } from '../web/lib/layout-presets.js';
import { sampleModel } from '../web/lib/sample-model.js';
import { Undo } from '../web/lib/undo.js';

const empty = () => structuredClone(PRESETS[0][2]);
const two = () => addWidget(addWidget(empty(), 0, 'gear', [340, 150]), 0, 'map', [320, 320]);
const kinds = (layout, variant = 0) => layout.variants[variant].widgets.map(({ kind }) => kind);

test('addWidget puts the second widget next to the first one', () => {
  const layout = addWidget(addWidget(empty(), 0, 'gear', [340, 150]), 0, 'gear', [340, 150]);
  const [first, second] = layout.variants[0].widgets;
  assert.deepEqual([first.x, first.y, second.x, second.y], [790, 465, 810, 485]);
});

test('changes leave the old layout as it is', () => {
  const before = two();
  const copy = structuredClone(before);
  changeWidget(before, 0, 0, { x: 1 });
  setOption(before, 0, 0, 'scale', 2);
  removeWidget(before, 0, 0);
  reorderWidget(before, 0, 0, 1);
  setCanvas(before, { width: 500, height: 500 });
  addVariant(before, 0, { car: 'A' }).variants[0].widgets[0].x = 3;
  assert.deepEqual(before, copy);
});

test('reorderWidget moves a widget to an index', () => {
  const three = duplicateWidget(two(), 0, 0);
  assert.deepEqual(kinds(three), ['gear', 'map', 'gear']);
  assert.deepEqual(kinds(reorderWidget(three, 0, 1, 2)), ['gear', 'gear', 'map']);
  assert.deepEqual(kinds(reorderWidget(three, 0, 1, 0)), ['map', 'gear', 'gear']);
});

test('setOption removes an option without a value', () => {
  const scaled = setOption(two(), 0, 0, 'scale', 2);
  assert.deepEqual(scaled.variants[0].widgets[0].options, { scale: 2 });
  assert.deepEqual(setOption(scaled, 0, 0, 'scale', undefined).variants[0].widgets[0].options, {});
});

test('setCanvas keeps all widgets inside', () => {
  for (const widget of setCanvas(PRESETS[1][2], { width: 640, height: 480 }).variants[0].widgets) {
    assert.ok(widget.x >= 0 && widget.x + widget.width <= 640 && widget.y >= 0 && widget.y + widget.height <= 480, widget.kind);
  }
});

test('the variant for everything stays the last one and cannot be removed', () => {
  const layout = addVariant(addVariant(two(), 0, { session: 'race' }), 0, { car: 'A', session: undefined });
  assert.deepEqual(layout.variants.map(({ car, session }) => [car, session]), [['A', undefined], [undefined, 'race'], [undefined, undefined]]);
  assert.ok(!('session' in layout.variants[0]), 'no field without a value');
  assert.equal(findVariant(layout, { session: 'race' }), 1);
  assert.equal(removeVariant(layout, 2), layout);
  assert.equal(removeVariant(layout, 0).variants.length, 2);
});

test('Undo goes back and forward, and changes with one key are one step', () => {
  const undo = new Undo('a');
  undo.push('b');
  for (const state of ['c', 'd', 'e']) undo.push(state, 'move');
  assert.equal(undo.undo(), 'b');
  assert.equal(undo.undo(), 'a');
  assert.equal(undo.undo(), 'a');
  assert.equal(undo.redo(), 'b');
  assert.equal(undo.redo(), 'e');
  undo.undo();
  undo.push('f', 'move');
  assert.ok(!undo.canRedo);
  for (let number = 0; number < 1000; number += 1) undo.push(number);
  let steps = 0;
  while (undo.canUndo) {
    undo.undo();
    steps += 1;
  }
  assert.equal(steps, 200);
});

test('LayoutEditor knows what is not saved', () => {
  const editor = new LayoutEditor(two());
  assert.ok(!editor.isDirty);
  editor.preview(changeWidget(editor.layout, 0, 0, { x: 5 }));
  editor.preview(changeWidget(editor.layout, 0, 0, { x: 6 }));
  editor.commit();
  assert.ok(editor.isDirty && editor.canUndo);
  editor.saved('Race');
  assert.ok(!editor.isDirty && editor.savedName === 'Race');
  editor.undo();
  assert.ok(editor.isDirty && !editor.canUndo, 'a gesture is one step');
  editor.redo();
  assert.ok(!editor.isDirty);
  editor.commit();
  assert.ok(!editor.canRedo && editor.canUndo, 'without a difference there is no step');
});

test('LayoutEditor keeps changes that were made while the layout was being saved', () => {
  const editor = new LayoutEditor(two());
  const sent = editor.layout;
  editor.change(changeWidget(editor.layout, 0, 0, { x: 7 }));
  editor.saved('Race', sent);
  assert.ok(editor.isDirty);
});

test('presets are inside their canvas and do not overlap', () => {
  for (const [name, , { canvas, variants }] of PRESETS) {
    const { widgets } = variants[0];
    widgets.forEach((a, index) => {
      assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= canvas.width && a.y + a.height <= canvas.height, `${name}: ${a.kind}`);
      for (const b of widgets.slice(index + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        assert.ok(apart, `${name}: ${a.kind} and ${b.kind}`);
      }
    });
  }
});

test('layoutAddress escapes the name and leaves out empty parameters', () => {
  assert.equal(layoutAddress('My race'), '/overlay?layout=My%20race');
  assert.equal(layoutAddress('A', { token: 'x', units: '' }), '/overlay?layout=A&token=x');
});

test('sampleModel has telemetry, curves, laps and a track without a server', async () => {
  const model = sampleModel(() => Promise.resolve(null));
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(model.hasTelemetry && model.get('speed') > 100 && model.delta < 0);
  assert.ok(model.history.at('throttle', 5) >= 0);
  assert.ok(model.laps.length === 4 && model.outline.points.length > 100);
});
