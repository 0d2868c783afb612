//! Arguments of the command that publishes to a broker.

use acevo_settings::Settings;
use anyhow::anyhow;
use clap::Args;

use super::follow::FollowArgs;
use super::source::RecordingArg;
use crate::fleet::plan::FleetPlan;

#[derive(Debug, Args)]
pub(crate) struct PublishCommand {
    #[command(flatten)]
    pub(super) recording: RecordingArg,
    /// The broker: mqtt://HOST:PORT, or mqtts://HOST:PORT with TLS
    #[arg(long, value_name = "ADDRESS")]
    broker: Option<String>,
    /// First level of the topics, such as a club
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    /// Second level of the topics [default: the setting rig, or the name of this computer]
    #[arg(long, value_name = "NAME")]
    rig: Option<String>,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
    /// Settings for options that are not given.
    #[arg(skip)]
    defaults: Settings,
}

impl PublishCommand {
    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.follow.apply(settings);
        self.defaults = settings.clone();
    }

    /// What is published, and where to.
    ///
    /// # Errors
    /// If there is no broker, or its address is wrong.
    pub(crate) fn plan(&self) -> anyhow::Result<FleetPlan> {
        let mut mqtt = self.defaults.mqtt.clone();
        for (option, setting) in
            [(&self.broker, &mut mqtt.broker), (&self.site, &mut mqtt.site), (&self.rig, &mut mqtt.rig)]
        {
            if let Some(value) = option {
                setting.clone_from(value);
            }
        }
        let plan = FleetPlan::new(&mqtt, &self.defaults.rig, self.follow.source().kind())?;
        plan.ok_or_else(|| anyhow!("name the broker: acevo publish --broker mqtt://HOST, or the setting mqtt.broker"))
    }
}
