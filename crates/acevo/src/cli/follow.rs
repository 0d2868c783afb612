//! Arguments of the commands that follow a session: watch, events, laps, serve.

use std::path::{Path, PathBuf};
use std::time::Duration;

use acevo_recording::LapSelector;
use acevo_settings::{ServerSettings, Settings};
use acevo_telemetry::UnitSystem;
use acevo_telemetry::analysis::{self, FuelPlanning, Reserve, Sectors, Thresholds, Topic};
use acevo_telemetry::personal::PersonalStore;
use clap::{Args, ValueHint};

use super::library::{LapTableArgs, LapTablePlan, analysis_of};
use super::recordings::folder_of;
use super::source::{GameLogArg, RecordingArg, SourceArgs};
use super::tools::LogArg;
use super::values::{self, ReferenceChoice};
use crate::diagnostics::LogOptions;
use crate::format::lap_table::Sessions;
use crate::session::feeder::{AnalysisOptions, SourceKind};
use crate::session::game_log::LogSource;
use crate::session::source::{LiveSource, PageSource, SourceSpec};
use crate::web::ServerOptions;

/// What watch, events and laps have in common.
#[derive(Debug, Args)]
pub(crate) struct FollowArgs {
    /// Print JSON, one object per line
    #[arg(long)]
    pub(crate) json: bool,
    /// Stop after N lines, events or laps
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    /// Don't print connection messages
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print diagnostics: saved personal bests, and at the end how often the source was waited for
    #[arg(short, long)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    analysis: AnalysisArgs,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

impl FollowArgs {
    pub(super) const fn analysis_args(&self) -> &AnalysisArgs {
        &self.analysis
    }

    pub(crate) fn source(&self) -> SourceSpec {
        self.source.spec()
    }

    pub(crate) fn analysis(&self) -> AnalysisOptions {
        self.analysis.options(self.source().kind())
    }

    /// The units of the screen.
    pub(crate) fn units(&self) -> UnitSystem {
        self.analysis.defaults.units
    }

    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.analysis.apply(settings);
    }
}

/// `acevo watch`. Without a command there is no FILE: it would be taken for a misspelt command.
#[derive(Debug, Args)]
pub(crate) struct WatchCommand {
    #[command(flatten)]
    pub(super) recording: RecordingArg,
    #[command(flatten)]
    pub(crate) watch: WatchArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// Plain lines instead of the full-screen view
    #[arg(long, conflicts_with = "json")]
    pub(crate) lines: bool,
    /// Output interval, such as 100ms [default: 1s for lines, every packet for JSON]
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    pub(crate) every: Option<Duration>,
    /// Read the game itself, also if `acevo run` is running, whose data the full-screen view shows otherwise
    #[arg(long)]
    direct: bool,
    #[command(flatten)]
    fuel: FuelArgs,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
    #[command(flatten)]
    game_log: GameLogArg,
}

impl WatchArgs {
    /// The screen can show the data of the background program: no option asks for another source or another analysis.
    pub(crate) fn can_mirror(&self) -> bool {
        let is_game = matches!(self.follow.source(), SourceSpec::Live(LiveSource::Game(PageSource::Game)));
        is_game
            && !self.direct
            && !self.game_log.is_given()
            && !self.fuel.is_given()
            && !self.follow.analysis.is_given()
    }

    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.follow.apply(settings);
    }

    pub(crate) fn analysis(&self) -> AnalysisOptions {
        let log = self.game_log.source_of(&self.follow.source());
        AnalysisOptions { fuel: self.fuel.planning(), log, ..self.follow.analysis() }
    }
}

#[derive(Debug, Args)]
pub(crate) struct EventsArgs {
    #[command(flatten)]
    pub(super) recording: RecordingArg,
    /// Only events about these topics, separated by commas
    #[arg(long, value_name = "TOPIC", value_delimiter = ',', value_parser = values::topic())]
    pub(crate) only: Vec<Topic>,
    /// Threshold of an event, such as low_fuel_laps=2; may be given several times. `acevo help events` lists all
    #[arg(long, value_name = "NAME=NUMBER", value_parser = values::threshold)]
    threshold: Vec<(String, f64)>,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

impl EventsArgs {
    pub(crate) fn analysis(&self) -> AnalysisOptions {
        let mut options = self.follow.analysis();
        options.settings.thresholds = self.thresholds();
        options
    }

    fn thresholds(&self) -> Thresholds {
        // Each one was checked when it was parsed.
        values::thresholds(&self.follow.analysis.defaults.thresholds, &self.threshold).unwrap_or_default()
    }
}

#[derive(Debug, Args)]
pub(crate) struct LapsArgs {
    #[command(flatten)]
    pub(super) recording: RecordingArg,
    /// Plain lines instead of the live table
    #[arg(long, conflicts_with = "json")]
    pub(crate) lines: bool,
    /// Show the laps of the current session, or of all sessions [default: current; all for a recording]
    #[arg(long, value_name = "WHICH", value_parser = values::sessions())]
    pub(crate) session: Option<Sessions>,
    /// The laps of all cars of a recording, also of those that the computer or others have driven
    #[arg(long, conflicts_with_all = ["lines", "count", "demo"])]
    #[cfg_attr(unix, arg(conflicts_with = "dir"))]
    #[cfg_attr(target_os = "linux", arg(conflicts_with = "pid"))]
    pub(crate) all_cars: bool,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
    #[command(flatten)]
    table: LapTableArgs,
}

impl LapsArgs {
    /// The table of the laps of a folder or a recording, if one is asked for.
    pub(crate) fn table(&self) -> Option<LapTablePlan> {
        self.table.plan(self.follow.source().recording()?, &self.follow.analysis.defaults)
    }

    /// What is wrong: only a recording has the laps of all cars from its beginning to its end.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let source = self.follow.source();
        if self.table.is_given() && source.recording().is_none() {
            return Err("--to needs a folder with recordings, such as `acevo laps FOLDER --to csv`");
        }
        if !self.table.is_given() && source.recording().is_some_and(Path::is_dir) {
            return Err("a folder needs --to with the format of the table, such as `acevo laps FOLDER --to csv`");
        }
        if self.all_cars && self.follow.source().recording().is_none() {
            return Err(
                "--all-cars needs a recording: name one, such as `acevo laps --all-cars race.acevo`; `acevo timing` shows \
                        all cars live",
            );
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(super) recording: RecordingArg,
    #[command(flatten)]
    listen: ListenArgs,
    /// Print only errors
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Print diagnostics: clients, refused requests, slow clients
    #[arg(short, long)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    log: LogArg,
    #[command(flatten)]
    fuel: FuelArgs,
    #[command(flatten)]
    analysis: AnalysisArgs,
    #[command(flatten)]
    game_log: GameLogArg,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

/// True for the name of a log of the game or a server.
fn is_log(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txt"))
}

impl ServeArgs {
    pub(super) const fn analysis_args(&self) -> &AnalysisArgs {
        &self.analysis
    }

    pub(crate) fn source(&self) -> SourceSpec {
        match self.source.spec() {
            SourceSpec::Recording { file, .. } if is_log(&file) => SourceSpec::Log(file),
            source => source,
        }
    }

    pub(crate) fn analysis(&self) -> AnalysisOptions {
        let source = self.source();
        let log = self.game_log.source_of(&source);
        AnalysisOptions { fuel: self.fuel.planning(), log, ..self.analysis.options(source.kind()) }
    }

    pub(crate) fn log(&self) -> LogOptions {
        self.log.options("serve", self.quiet)
    }

    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.listen.apply(settings);
        self.log.apply(settings);
        self.analysis.apply(settings);
    }

    /// True if a file with a token is named, but other devices are not accepted.
    pub(super) fn has_useless_token_file(&self) -> bool {
        self.listen.has_useless_token_file()
    }

    pub(crate) fn server(&self) -> ServerOptions {
        self.listen.server(self.quiet)
    }

    /// How laps of the session library are analysed.
    pub(crate) fn library_settings(&self) -> analysis::Settings {
        analysis_of(&self.analysis.defaults)
    }

    /// The folder of recordings, which the session library has.
    pub(crate) fn recordings(&self) -> Option<PathBuf> {
        folder_of(&self.analysis.defaults)
    }
}

/// Where the web server listens.
#[derive(Debug, Clone, Args)]
pub(super) struct ListenArgs {
    /// Port to listen on; 0 selects a free port [default: 7333]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Accept other devices in the network; they need the token in the address. --lan=false if the settings accept them
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    lan: Option<bool>,
    /// File with the token, so that addresses remain valid after a restart; created if it does not exist [default: in your data directory]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Open the page in a browser
    #[arg(long)]
    pub(super) open: bool,
    /// Settings for options that are not given.
    #[arg(skip)]
    defaults: ServerSettings,
}

impl ListenArgs {
    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.defaults = settings.server.clone();
    }

    fn is_lan(&self) -> bool {
        self.lan.unwrap_or(self.defaults.lan)
    }

    /// True if a file with a token is named, but other devices are not accepted.
    pub(super) fn has_useless_token_file(&self) -> bool {
        self.token_file.is_some() && !self.is_lan()
    }

    /// The options of the server.
    pub(super) fn server(&self, is_quiet: bool) -> ServerOptions {
        ServerOptions {
            port: self.port.unwrap_or(self.defaults.port),
            is_lan: self.is_lan(),
            token_file: self.token_file.clone(),
            keeps_token: self.defaults.keep_token,
            opens_browser: self.open,
            is_quiet,
        }
    }
}

/// How stops for fuel are planned.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Analysis")]
pub(super) struct FuelArgs {
    /// Fuel left at the finish and before each stop, such as 2l or 1lap [default: 0.5laps]
    #[arg(long, value_name = "AMOUNT", value_parser = values::reserve)]
    reserve: Option<Reserve>,
    /// Time that a pit stop costs compared with driving past the pits, such as 55s [default: 0s]
    #[arg(long, value_name = "TIME", value_parser = values::pit_loss)]
    pit_loss: Option<Duration>,
}

impl FuelArgs {
    fn is_given(&self) -> bool {
        self.reserve.is_some() || self.pit_loss.is_some()
    }

    pub(super) fn planning(&self) -> FuelPlanning {
        let mut planning = FuelPlanning::default();
        planning.reserve = self.reserve.unwrap_or_default();
        planning.pit_loss_s = self.pit_loss.unwrap_or_default().as_secs_f64();
        planning
    }
}

/// How laps are analysed.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Analysis")]
pub(super) struct AnalysisArgs {
    /// Sector boundaries as fractions of the lap, without the finish line: 0.31,0.68 [default: thirds]
    #[arg(long, value_name = "POSITIONS", value_parser = values::sectors)]
    sectors: Option<Sectors>,
    /// Lap that the running lap is compared with: best, last, personal (your saved personal best), chosen (a stored reference lap, else best), or FILE:LAP, which is stored for its car and track [default: chosen]
    #[arg(long, value_name = "LAP", value_parser = values::reference, value_hint = ValueHint::AnyPath)]
    reference: Option<ReferenceChoice>,
    /// File of personal bests [default: in your data directory; none with --demo; a recording saves only in a named file]
    #[arg(long, value_name = "FILE")]
    bests: Option<PathBuf>,
    /// Don't load or save personal bests
    #[arg(long, conflicts_with = "bests")]
    no_bests: bool,
    /// Settings for options that are not given.
    #[arg(skip)]
    defaults: Settings,
}

impl AnalysisArgs {
    fn is_given(&self) -> bool {
        self.sectors.is_some() || self.reference.is_some() || self.bests.is_some() || self.no_bests
    }

    /// Takes the settings for options that were not given.
    pub(super) fn apply(&mut self, settings: &Settings) {
        self.defaults = settings.clone();
    }

    /// The lap of a recording that is to be stored as a reference lap.
    pub(super) fn reference_lap(&self) -> Option<(&Path, LapSelector)> {
        match self.reference.as_ref()? {
            ReferenceChoice::Lap { file, lap } => Some((file, *lap)),
            ReferenceChoice::Kind(_) => None,
        }
    }

    /// The options of an analysis of this kind of source.
    pub(super) fn options(&self, source: SourceKind) -> AnalysisOptions {
        AnalysisOptions {
            settings: self.settings(),
            fuel: FuelPlanning::default(),
            reference: self
                .reference
                .as_ref()
                .map_or_else(|| self.defaults.reference.clone(), ReferenceChoice::reference),
            bests_file: self.bests_file(source == SourceKind::Demo),
            // The laps of a recording may be another driver's: they are saved only in a file that is named.
            bests_are_read_only: source == SourceKind::Recording && self.bests.is_none(),
            source,
            log: LogSource::None,
        }
    }

    pub(super) fn settings(&self) -> analysis::Settings {
        let mut settings = analysis::Settings::default();
        settings.sectors = self.sectors.clone().unwrap_or_else(|| self.defaults.sectors.sectors());
        settings.thresholds = self.defaults.thresholds.clone();
        settings
    }

    /// The file of personal bests, if they are used.
    fn bests_file(&self, is_demo: bool) -> Option<PathBuf> {
        let default = || PersonalStore::default_path().filter(|_| !is_demo);
        self.bests.clone().or_else(default).filter(|_| !self.no_bests)
    }
}
