// Redraws after changes, at most once per animation frame.

export function loop(model, draw) {
  let requested = false;
  const request = () => {
    if (requested) return;
    requested = true;
    requestAnimationFrame(() => {
      requested = false;
      draw();
    });
  };
  model.onChange(request);
  return request;
}
