// Shows that there is a connection.
const status = document.getElementById("status");

function connect() {
  const socket = new WebSocket(`ws://${location.host}/ws`);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => socket.send(JSON.stringify({ channels: ["speed"], rate: 10 }));
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") {
      status.textContent = `${new DataView(data).getFloat32(16, true).toFixed(0)} km/h`;
    }
  };
  socket.onclose = () => {
    status.textContent = "No connection.";
    setTimeout(connect, 1000);
  };
}

connect();
