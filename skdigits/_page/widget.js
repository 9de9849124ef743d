// The page in a notebook, for anywidget: a frame, whose messages go to Python.

function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.title = "Draw a digit";
  frame.srcdoc = model.get("_page");
  frame.style = `border: 0; height: ${model.get("_height")}px; width: 100%`;
  frame.addEventListener("load", () => {
    frame.contentDocument.querySelector("header p").textContent =
      "It is read here, while you draw, and sent to the notebook.";
  });
  el.append(frame);
  const receive = ({ source, data }) => {
    if (source !== frame.contentWindow) return;
    model.set("_reading", data);
    model.save_changes();
  };
  addEventListener("message", receive);
  return () => removeEventListener("message", receive);
}

export default { render };
