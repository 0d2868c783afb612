//! Arguments of the command that publishes to a broker and to a database.

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
    /// Where a database takes lines, such as http://HOST:8428/write
    #[arg(long, value_name = "ADDRESS")]
    influx: Option<String>,
    /// Place of this rig, such as a club [default: the setting site]
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    /// Name of this rig [default: the setting rig, or the name of this computer]
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

    /// What is published, and where to. If an option names a broker or a database, those of the settings do not count.
    ///
    /// # Errors
    /// If there is neither a broker nor a database, or an address is wrong.
    pub(crate) fn plan(&self) -> anyhow::Result<FleetPlan> {
        let mut settings = self.defaults.clone();
        if self.broker.is_some() || self.influx.is_some() {
            settings.mqtt.broker = self.broker.clone().unwrap_or_default();
            settings.influx.url = self.influx.clone().unwrap_or_default();
        }
        for (option, general, of_topics) in [
            (&self.site, &mut settings.site, &mut settings.mqtt.site),
            (&self.rig, &mut settings.rig, &mut settings.mqtt.rig),
        ] {
            if let Some(name) = option {
                general.clone_from(name);
                of_topics.clone_from(name);
            }
        }
        let plan = FleetPlan::new(&settings, self.follow.source().kind())?;
        plan.ok_or_else(|| {
            anyhow!(
                "name a broker or a database: acevo publish --broker mqtt://HOST, acevo publish --influx http://HOST:8428/write, or the \
                 settings mqtt.broker and influx.url"
            )
        })
    }
}
