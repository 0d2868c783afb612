// Draws after a change, at most once for each picture of the screen.

export function loop(model, draw) {
  let asked = false;
  const ask = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
  model.onChange(ask);
  return ask;
}
