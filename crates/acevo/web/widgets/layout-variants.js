// The variants of a layout in the editor: which one is edited, for which car and session it is, and adding and removing them.

import { el, setText } from '../lib/dom.js';
import { SESSIONS, variantFor, variantTitle } from '../lib/layout.js';
import { addVariant, findVariant, MAX_VARIANTS, removeVariant } from '../lib/layout-edit.js';
import { button, selectField, setEnabled } from './form.js';

export function layoutVariants(root, { editor }) {
  const variant = selectField('Variant', [], (index) => editor.selectVariant(Number(index)));
  const car = selectField('For car', [], refreshButtons);
  const session = selectField('For session', [['', 'Any session'], ...Object.entries(SESSIONS)], refreshButtons);
  const add = button('Add variant', () => {
    editor.change(addVariant(editor.layout, editor.variant, condition()), { variant: 0, selected: -1 });
  }, { title: 'Copies the widgets of this variant for a car, a session, or both' });
  const remove = button('Remove variant', () => {
    const index = editor.variant;
    editor.change(removeVariant(editor.layout, index), { variant: Math.max(0, Math.min(index, editor.layout.variants.length - 2)), selected: -1 });
  });
  const now = el('p', 'hint');
  root.append(variant.node, remove, el('span', 'bar-gap'), car.node, session.node, add, now);
  let situation = { car: '', session: '' };

  function condition() {
    return { car: car.value || undefined, session: session.value || undefined };
  }

  function refreshButtons() {
    const chosen = condition();
    const exists = findVariant(editor.layout, chosen) >= 0;
    setEnabled(add, !exists && editor.layout.variants.length < MAX_VARIANTS);
    setEnabled(remove, editor.variant < editor.layout.variants.length - 1);
  }

  function refresh() {
    const { variants } = editor.layout;
    variant.fill(variants.map((one, index) => [String(index), variantTitle(one)]));
    variant.set(String(editor.variant));
    const cars = [...new Set([situation.car, ...variants.map((one) => one.car)].filter(Boolean))];
    car.fill([['', 'Any car'], ...cars.map((name) => [name, name === situation.car ? `This car: ${name}` : name])]);
    refreshButtons();
    const shown = variants[variantFor(variants, situation)];
    const what = [situation.car, SESSIONS[situation.session]].filter(Boolean).join(', ');
    setText(now, what ? `Now ${what}: the overlay shows “${variantTitle(shown)}”.` : '');
  }

  return {
    refresh,
    /** Takes car and session of this moment. */
    take(next) {
      if (next.car === situation.car && next.session === situation.session) return;
      situation = next;
      refresh();
    },
  };
}
