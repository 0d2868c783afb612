//! Arguments of the commands that publish to a broker and a database, and that show all rigs of a broker.

use acevo_settings::Settings;
use anyhow::anyhow;
use clap::Args;

use super::follow::{FollowArgs, ListenArgs};
use super::source::RecordingArg;
use super::values;
use crate::fleet::broker::BrokerPlan;
use crate::fleet::plan::FleetPlan;
use crate::fleet::wall::WallPlan;
use crate::web::ServerOptions;

#[derive(Debug, Args)]
pub(crate) struct PublishCommand {
    #[command(flatten)]
    pub(super) recording: RecordingArg,
    /// The broker: mqtt://HOST:PORT, or mqtts://HOST:PORT with TLS
    #[arg(long, value_name = "ADDRESS", value_parser = values::BROKER)]
    broker: Option<String>,
    /// Where a database takes lines, such as http://HOST:8428/write
    #[arg(long, value_name = "ADDRESS", value_parser = values::DATABASE)]
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
        for (option, setting) in [(&self.site, &mut settings.mqtt.site), (&self.rig, &mut settings.mqtt.rig)] {
            if let Some(name) = option {
                setting.clone_from(name);
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

#[derive(Debug, Args)]
pub(crate) struct WallArgs {
    /// The broker: mqtt://HOST:PORT, or mqtts://HOST:PORT with TLS [default: the setting mqtt.broker]
    #[arg(long, value_name = "ADDRESS", value_parser = values::BROKER)]
    broker: Option<String>,
    /// Only rigs of this site, which is the first level of their topics [default: all sites]
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    #[command(flatten)]
    listen: ListenArgs,
    /// Print only errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print diagnostics: clients, refused requests, slow clients
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Settings for options that are not given.
    #[arg(skip)]
    defaults: Settings,
}

impl WallArgs {
    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.listen.apply(settings);
        self.defaults = settings.clone();
    }

    /// True if a file with a token is named, but other devices are not accepted.
    pub(super) fn has_useless_token_file(&self) -> bool {
        self.listen.has_useless_token_file()
    }

    pub(crate) fn server(&self) -> ServerOptions {
        self.listen.server(self.quiet)
    }

    /// What is shown.
    ///
    /// # Errors
    /// If there is no broker, or its address is wrong.
    pub(crate) fn plan(&self) -> anyhow::Result<WallPlan> {
        let mut mqtt = self.defaults.mqtt.clone();
        if let Some(broker) = &self.broker {
            mqtt.broker.clone_from(broker);
        }
        let broker = BrokerPlan::new(&mqtt)?;
        let broker = broker
            .ok_or_else(|| anyhow!("name the broker: acevo wall --broker mqtt://HOST, or the setting mqtt.broker"))?;
        Ok(WallPlan { broker, site: self.site.clone() })
    }
}
