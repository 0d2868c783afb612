//! Arguments of the background program, and of the command that shows its state.

use std::path::PathBuf;
use std::time::Duration;

use acevo_settings::Settings;
use clap::Args;

use super::follow::{AnalysisArgs, FuelArgs, ListenArgs};
use super::library::analysis_of;
use super::recordings::folder_of;
use super::source::{DemoArgs, GameLogArg, PlaceArgs};
use super::tools::LogArg;
use crate::diagnostics::LogOptions;
use crate::fleet::plan::{FleetPlan, names};
use crate::recording::task::RecordingPlan;
use crate::session::feeder::{AnalysisOptions, SourceKind};
use crate::session::source::LiveSource;
use crate::settings::WrongSetting;
use crate::upload::plan::UploadPlan;
use crate::web::ServerOptions;

/// The part that is kept in memory, to be saved on request.
const KEEP_LAST: Duration = Duration::from_secs(60);

/// Folder of simulated drives in the folder of recordings.
const DEMO_FOLDER: &str = "demo";

#[derive(Debug, Clone, Args)]
pub(crate) struct RunArgs {
    /// Folder of the recordings [default: acevo in your documents; with --demo the folder demo in it]
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Don't record; the page can start it
    #[arg(long)]
    no_record: bool,
    #[command(flatten)]
    listen: ListenArgs,
    /// Print only errors
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Print diagnostics: recordings, clients, refused requests
    #[arg(short, long)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    log: LogArg,
    #[command(flatten)]
    fuel: FuelArgs,
    #[command(flatten)]
    analysis: AnalysisArgs,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    game_log: GameLogArg,
    #[command(flatten)]
    pub(super) demo: DemoArgs,
    /// Settings for options that are not given.
    #[arg(skip)]
    defaults: Settings,
}

impl RunArgs {
    pub(super) const fn analysis_args(&self) -> &AnalysisArgs {
        &self.analysis
    }

    /// Takes the settings for options that were not given. Can be called again after the settings have changed.
    pub(crate) fn apply(&mut self, settings: &Settings) {
        self.listen.apply(settings);
        self.log.apply(settings);
        self.analysis.apply(settings);
        self.defaults = settings.clone();
    }

    /// The settings that were applied last.
    pub(crate) fn settings(&self) -> &Settings {
        &self.defaults
    }

    /// Other devices may change settings and control recording.
    pub(crate) fn allows_lan_control(&self) -> bool {
        self.defaults.server.lan_control
    }

    /// A file with a token is named, but other devices are not accepted.
    pub(super) fn has_useless_token_file(&self) -> bool {
        self.listen.has_useless_token_file()
    }

    /// The page is opened in a browser.
    pub(crate) fn opens_browser(&self) -> bool {
        self.listen.open
    }

    /// Only errors are printed.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    pub(crate) fn source(&self) -> LiveSource {
        self.demo.source(&self.place)
    }

    pub(crate) fn analysis(&self) -> AnalysisOptions {
        let source = if self.demo.demo { SourceKind::Demo } else { SourceKind::Game };
        let log = self.game_log.source(&self.source());
        AnalysisOptions { fuel: self.fuel.planning(), log, ..self.analysis.options(source) }
    }

    pub(crate) fn log(&self) -> LogOptions {
        self.log.options("run", self.quiet)
    }

    pub(crate) fn server(&self) -> ServerOptions {
        self.listen.server(self.quiet)
    }

    /// How laps of the session library are analysed.
    pub(crate) fn library_settings(&self) -> acevo_telemetry::analysis::Settings {
        analysis_of(&self.defaults)
    }

    /// The folder of recordings of the settings, which the session library has, too.
    pub(crate) fn recordings(&self) -> Option<PathBuf> {
        folder_of(&self.defaults)
    }

    /// What is published to a broker and a database; `None` without both. What has wrong settings is left out.
    pub(crate) fn fleet(&self) -> (Option<FleetPlan>, Vec<WrongSetting>) {
        let source = if self.demo.demo { SourceKind::Demo } else { SourceKind::Game };
        FleetPlan::with_problems(&self.defaults, source)
    }

    /// Where recordings are delivered to; `None` without a store.
    ///
    /// # Errors
    /// If the settings for it are wrong.
    pub(crate) fn upload(&self) -> Result<Option<UploadPlan>, WrongSetting> {
        let source = if self.demo.demo { SourceKind::Demo } else { SourceKind::Game };
        let names = names(&self.defaults);
        UploadPlan::new(&self.defaults.upload, names, source.name())
    }

    pub(crate) fn recording(&self) -> RecordingPlan {
        RecordingPlan {
            folder: self.output.clone().or_else(|| self.default_folder()),
            is_on: self.defaults.recording.enabled && !self.no_record,
            keep_last: KEEP_LAST,
            settings: self.defaults.recording.clone(),
        }
    }

    /// The folder of the recordings if none is named; `None` for the default one. Simulated drives have a folder of their own, because their
    /// recordings look like real ones.
    fn default_folder(&self) -> Option<PathBuf> {
        if self.demo.demo {
            return folder_of(&self.defaults).map(|folder| folder.join(DEMO_FOLDER));
        }
        self.defaults.recording.folder(std::env::home_dir().as_deref())
    }
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
