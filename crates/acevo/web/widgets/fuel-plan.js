// The stops for fuel of the running race in words, and a form for other races: how many stops, when, and how much to add.

import { el, setText, withAttributes } from '../lib/dom.js';
import { fixed, known, lapTime, NONE } from '../lib/format.js';
import { askPlan, seconds, sentencesOf } from '../lib/fuel-plan.js';
import { amounts } from './fuel.js';

export const fuelPlanChannels = ['engine_type', 'fuel_capacity', 'fuel'];

const HINT = 'Empty fields have the values of the running session. A race over time includes one lap as a margin, because the leader may cross '
  + 'the line just before the time is up.';

export function fuelPlan(root) {
  const current = el('ul', 'plan-lines');
  const result = withAttributes(el('ul', 'plan-lines plan-result'), { role: 'status', 'aria-live': 'polite' });
  const inputs = {};
  const input = (name, label, attributes = {}) => {
    inputs[name] = withAttributes(el('input'), { type: 'text', inputmode: 'decimal', autocomplete: 'off', size: '7', name, ...attributes });
    const caption = el('span', 'label', label);
    return { node: el('label', 'field', caption, inputs[name]), caption };
  };
  const select = (name, label, entries) => {
    inputs[name] = withAttributes(el('select'), { name });
    inputs[name].append(...entries.map(([value, text]) => withAttributes(el('option', '', text), { value })));
    return el('label', 'field', el('span', 'label', label), inputs[name]);
  };
  const race = select('race', 'Race', [['rest', 'Rest of this race'], ['minutes', 'Minutes'], ['laps', 'Laps']]);
  const length = input('length', 'Length');
  const fields = { per_lap: input('per_lap', 'Per lap'), lap_time: input('lap_time', 'Lap time', { inputmode: 'text' }), tank: input('tank', 'Tank'), amount: input('amount', 'Fuel now') };
  const reserve = input('reserve', 'Reserve');
  const reserveUnit = select('reserve_unit', 'Reserve in', [['laps', 'Laps'], ['amount', 'Litres']]);
  const pitLoss = input('pit_loss', 'Pit loss, s');
  const form = withAttributes(el('form', 'controls plan-form', race, length.node, ...Object.values(fields).map(({ node }) => node), reserve.node, reserveUnit, pitLoss.node,
    withAttributes(el('button', 'tool plan-go', 'Calculate'), { type: 'submit' })), { 'aria-label': 'What if' });
  root.append(current, el('h3', 'label', 'What if'), form, result, el('p', 'hint', HINT));

  let model = null;
  let asked = 0;
  const isWhole = () => inputs.race.value !== 'rest';
  const showLength = () => {
    length.node.hidden = !isWhole();
    setText(length.caption, inputs.race.value === 'laps' ? 'Laps' : 'Minutes');
    setText(fields.amount.caption, isWhole() ? 'Fuel at start' : 'Fuel now');
  };
  inputs.race.addEventListener('change', () => {
    showLength();
    if (isWhole()) inputs.length.focus();
  });
  showLength();

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!model) return;
    const show = amounts(model);
    const question = asked + 1;
    asked = question;
    const isWrong = (field) => Number.isNaN(read(field)) || (field === inputs.length && field.value.trim() === '');
    const wrong = Object.values(inputs).find((field) => field.type === 'text' && !field.closest('[hidden]') && isWrong(field));
    for (const field of Object.values(inputs)) withAttributes(field, { 'aria-invalid': String(field === wrong) });
    if (wrong) {
      write(result, [`${wrong.closest('label').textContent}: a number is needed.`]);
      wrong.focus();
      return;
    }
    const answer = await askPlan(valuesOf(inputs, show));
    // A later question may have been answered first.
    if (question === asked) write(result, sentencesOf(answer, show));
  });

  return (next) => {
    model = next;
    const show = amounts(model);
    write(current, sentencesOf(model.hasTelemetry ? model.fuel : {}, show));
    for (const [name, label] of [['per_lap', 'Per lap'], ['tank', 'Tank']]) setText(fields[name].caption, [label, show.symbol].filter(Boolean).join(', '));
    const inAmount = inputs.reserve_unit.lastChild;
    setText(inAmount, show.symbol || 'Litres');
    inAmount.disabled = show.electric;
    if (show.electric) inputs.reserve_unit.value = 'laps';
    for (const [name, text] of Object.entries(ofSession(model, show, inputs.reserve_unit.value === 'laps'))) placeholder(inputs[name], text);
    if (isWhole()) placeholder(inputs.amount, '');
  };
}

/** The values of the session that empty fields have, as text. */
function ofSession(model, show, inLaps) {
  const fuel = model.hasTelemetry ? model.fuel : {};
  const text = (value, decimals) => (known(value) ? show.write(value, decimals) : '');
  const tank = model.get('fuel_capacity');
  return {
    per_lap: text(fuel.per_lap, 2),
    tank: show.electric || !(tank > 0) ? '' : text(tank),
    amount: text(fuel.amount),
    lap_time: known(fuel.lap_time_s) ? lapTime(fuel.lap_time_s, 1) : '',
    pit_loss: fixed(fuel.pit_loss_s ?? 0),
    reserve: reserveOf(fuel.plan, text, inLaps),
  };
}

function reserveOf(plan, text, inLaps) {
  if (!plan) return '';
  return inLaps ? fixed(plan.reserve / plan.per_lap, 1) : text(plan.reserve);
}

const read = (field) => {
  const text = field.value.trim();
  if (text === '') return '';
  return field.name === 'lap_time' ? seconds(text) : Number(text.replace(',', '.'));
};

/** The parameters for the server from the fields of the form; amounts are in its units. */
function valuesOf(inputs, show) {
  const amount = (name) => (read(inputs[name]) === '' ? '' : show.parse(read(inputs[name])));
  const inLaps = inputs.reserve_unit.value === 'laps';
  return {
    ...(inputs.race.value === 'rest' ? {} : { [inputs.race.value]: read(inputs.length) }),
    per_lap: amount('per_lap'),
    lap_time: read(inputs.lap_time),
    tank: amount('tank'),
    amount: amount('amount'),
    [inLaps ? 'reserve_laps' : 'reserve']: inLaps ? read(inputs.reserve) : amount('reserve'),
    pit_loss: read(inputs.pit_loss),
  };
}

function placeholder(field, text) {
  const shown = text === NONE ? '' : text;
  if (field.placeholder !== shown) field.placeholder = shown;
}

/** Writes the lines of a list; unchanged ones stay, so that a screen reader repeats nothing. */
function write(list, lines) {
  while (list.childElementCount > lines.length) list.lastChild.remove();
  lines.forEach((line, index) => {
    if (!list.children[index]) list.append(el('li'));
    setText(list.children[index], line);
  });
}
