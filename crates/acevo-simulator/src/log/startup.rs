//! What the game writes when it starts.

use super::journal::{Channel, Journal};
use super::{LogPlace, LogVersion};

impl Journal {
    pub(super) fn write_startup(&mut self) {
        let server = self.style.place == LogPlace::Server;
        let build = match self.style.version {
            LogVersion::V0_5 => {
                "Build release 0.5.4, version 260312_151339, revision 5f0c1d7ae24b89036c5de1f8724ab06d93e1c58a, steam appid 3058630, built on Mar 12 2026 15:14:37"
            }
            LogVersion::V0_7 => {
                "Build release 0.7.1, version 260611_094512, revision c4a70be19d3562f8e0b17a94d6f3c2815e9047db, steam appid 3058630, built on Jun 11 2026 09:46:20"
            }
        };
        let (title, folder, program) = if server {
            ("Assetto Corsa EVO Server", "ACE-Server", "AssettoCorsaEVOServer.exe")
        } else {
            ("Assetto Corsa EVO", "ACE", "AssettoCorsaEVO.exe")
        };
        self.info(0, Channel::Others, build);
        self.info(96, Channel::Others, &format!("Application Title: {title}"));
        let documents = format!(r#"Documents Path: "C:\\Users\\driver\\Saved Games\\{folder}""#);
        self.info(96, Channel::Others, &documents);
        self.info(96, Channel::Others, "Arguments: 1");
        let path = format!("\t0: C:\\Program Files (x86)\\Steam\\steamapps\\common\\{title}\\{program}");
        self.info(96, Channel::Others, &path);
        if server {
            self.info(340, Channel::Network, "Backend URL: strategy separate_dev_and_release, config release");
            self.info(410, Channel::Server, "Server updated: 0 players");
            return;
        }
        self.header(96, "rendering", "info", "GPU crash guard not available");
        self.info(865, Channel::Network, "Backend URL: strategy separate_dev_and_release, config release");
        for turbo in 0..4 {
            let at = 881 + 4 * turbo;
            self.info(at, Channel::Physics, &format!("Loading dynamic controller for Turbo: {}", turbo / 3));
            self.info(at, Channel::Physics, "Controller is ready");
        }
        self.header(1154, "input", "info", "Initializing the wheel");
        self.header(1164, "ui", "info", "Video Settings - Display");
        self.header(1164, "ui", "info", "\twindow_width: 2560 - window_height: 1440");
        let unpacked = r#"Opening non-packed file "C:\\Users\\driver\\Saved Games\\ACE\\input_settings.inputsettings""#;
        self.header(1350, "fastStorage", "warning", unpacked);
        for (slot, at) in (0..4).zip(1400..) {
            self.header(at, "input", "info", &format!("XInput [{slot}]: disconnected"));
        }
    }
}
