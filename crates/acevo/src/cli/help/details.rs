//! Details of each command, such as JSON formats, keys and scenarios.

use acevo_simulator::{CarModel, GameVersion, Scenario, TrackName, Variant};

/// The details of a command; `None` if its help is complete without.
pub(super) fn of(command: &str) -> Option<String> {
    let text = match command {
        "autostart" => AUTOSTART,
        "watch" => WATCH,
        "events" => EVENTS,
        "laps" => LAPS,
        "timing" => TIMING,
        "log-check" => LOG_CHECK,
        "dump" => DUMP,
        "channels" => CHANNELS,
        "diff" => DIFF,
        "stats" => STATS,
        "record" => RECORD,
        "replay" => return Some(format!("{LAP_POSITIONS}\n\n{REPLAY}")),
        "relay" => RELAY,
        "receive" => RECEIVE,
        "upload" => UPLOAD,
        "collect" => COLLECT,
        "info" => INFO,
        "export" => return Some(format!("{EXPORT}\n\n{LAP_NAMES}")),
        "lake" => LAKE,
        "merge" => MERGE,
        "cut" => return Some(format!("{CUT}\n\n{LAP_NAMES}")),
        "corners" => return Some(format!("{CORNERS}\n\n{LAP_NAMES}")),
        "plot" => return Some(format!("{PLOT}\n\n{LAP_NAMES}")),
        "serve" => SERVE,
        "settings" => SETTINGS,
        "simulate" => return Some(simulate()),
        "log" => LOG,
        "report" => REPORT,
        _ => return None,
    };
    Some(text.to_owned())
}

const LAKE: &str = "\
A lake is a folder with the tables laps, events and samples, and with cars and field_laps for sessions with other cars. Each is a table of \
Delta Lake: Parquet files in folders track=TRACK/date=DATE, and a log. docs/lake.md describes the columns, and has queries.

A recording is added once. Several computers may add to a lake on a network share at the same time, and may be switched off while they do \
it: add the recording again. Recordings that are still being written are left out.

Channels have their own units. The setting units does not matter.";

const RELAY: &str = "\
The token is in the file relay-token in the data folder of this user, or in the file of --token-file, which is created if it does not \
exist. It is not that of the web server. Copy the file to the other computer; only its owner may read it.

Nothing is encrypted: use it in networks that you trust, or through a VPN or a tunnel: acevo relay --listen 127.0.0.1 here, and \
ssh -L 7334:127.0.0.1:7334 GAME-PC with acevo receive 127.0.0.1 there. docs/relay.md has the details.

Up to four computers receive. A slow network never delays reading the game: packets that do not fit into --buffer are dropped, and \
the receivers report the gap.";

const RECEIVE: &str = "\
Pages are published packet by packet, byte for byte, --delay after the game has written them; the time that the network needs comes on \
top. If packets are late, for example after the connection was cut, they are published at up to twice the speed of the game until they \
are in time again. The pages exist from the first packet on until the game, the relay or this command ends. If the connection is cut, \
they stay as they are, and it connects again.

JSON, an object per second:
  state        connecting, connected
  game         true while the pages exist
  packets      packets that were published
  gaps, lost   gaps, and packets in them, which the relay had dropped already
  missed       packets that the relay has not read from the game
  reconnects   connections after the first one
  delay_ms     mean delay within this second, from the reading on the other computer to publishing; null without packets
  max_delay_ms the largest one
  round_trip_ms  time of a message to the other computer and back; null until it is known
  bytes        received bytes
  waiting      packets that have arrived and are not published yet";

const UPLOAD: &str = "\
A store has recordings as SITE/RIG/NAME.acevo. It is a folder, such as a network share, which must exist; a server, such as that of \
acevo collect; or, with --presign, a service that returns addresses of an object store. A recording that the store has already is not \
sent again. An upload that is cut is tried again; acevo collect continues it where it was cut. A store that has never answered is given up \
after 60 seconds without progress, another one after 10 minutes.

Only complete recordings are uploaded: acevo repair makes complete ones of others. The address of each stored recording is printed. The \
token is in the file of --token-file, or in the variable ACEVO_UPLOAD_TOKEN. acevo run uploads by itself with the settings of the section \
upload. docs/collect.md has the details.

JSON, an object per recording:
  path         the file
  url          where it is stored
  bytes        its length
  sha256       its digest
  new          false if the store had it already";

const COLLECT: &str = "\
Recordings are stored as SITE/RIG/NAME.acevo in the folder, each of them only when it has arrived completely, has the announced digest, and \
can be read. The same content is stored once; another content with the same name gets another name. Incomplete uploads are kept for 7 \
days. With --lake, recordings are added to a lake after that, also those that were put into the folder before the start.

The token is in the file collect-token in the data folder of this user, or in the file of --token-file, which is created if it does not \
exist. With --rigs each rig has a token of its own, which is valid for its folder only.

Nothing is encrypted: use it in networks that you trust, or with a proxy for TLS before it. docs/collect.md has examples, and the protocol.";

const LAP_NAMES: &str = "\
Laps: best (the fastest valid lap), 3, 2/3 (lap 3 of session 2), 2/best, 3#2 (the second attempt at lap 3); lists and ranges, \
if several laps are taken: 1,4-6 or 2/1-3. If a number selects several laps, the error lists them with their sessions, attempts \
and times; so does best, if the recording has several cars or tracks.";

const LAP_POSITIONS: &str = "\
Positions are times, such as 1:30 or 90s, or laps: best, 3, 2/3 (lap 3 of session 2), 2/best, 3#2 (the second attempt at lap 3).";

const TIMING: &str = "\
Columns: gap is the time to the leader, interval the time to the next car ahead, trend the change of the interval within the last lap. \
A gap is the time between two cars at the same point of the track, not a distance divided by a speed. In practice and qualifying, gaps \
are differences of best laps. A sector is that of the running lap if it has ended, else that of the last lap.

Marks: > you, * best of all cars, + best of this car, ~ measured from the positions of the car and accurate to a frame, \
≈ estimated by the game at the end of a race, ! does not count. PIT in the pits, OUT has left the session, FIN has finished the race.

Gaps are known as soon as the outline of the track is: after your first complete lap, in a recording from its beginning, and with \
--log at the end of each sector. --log follows the log in a terminal, and prints the results of all its sessions if there is no \
terminal, or with --json or -o. docs/timing.md has the details.

JSON of standings, an array of sessions for a recording or a log, or else an object per line:
  session          number, from 1
  order            race (laps and position) or best_lap
  track            track and layout; empty if they are unknown
  phase            the phase of the session, as the game names it
  cars             in order: position, car (its id, a text), label (a name to show), name, short_name, number, model, is_ai, is_player, \
is_active (false after it has left), is_in_pits, has_finished, laps, lap_position (0 to 1), lap_elapsed_s, sectors_ms (of the running lap), \
last_sectors_ms, best_sectors_ms, last and best (ms, and source: pages, log, measured or estimated), is_last_valid, to_leader and to_next \
(seconds or laps), trend_s, to_player_s (positive if the car is ahead), pit_visits, warnings (four tyres off the track), positions_won
  best_ms          best lap of all cars; best_sectors_ms: best sectors
  has_log          true if the log of the game was read
  log              how the clock of the log is known: confidence (matched by events that are in both, computer by the clock of this \
computer, unknown), matches, spread_ms (how much these events differ)
Members of a car that are unknown are left out.";

const LOG_CHECK: &str = "\
Lines: understood (used); not needed; continued (the line before goes on); not understood (a known beginning, but another form than \
expected: if there are many, the game has changed its log); too long (more than 4096 bytes). The file counts as a log of the game if more \
lines are understood than not. Splits are ends of sectors.

JSON: version (of the game), first and last (local times), sessions with begins, mode, track, is_restart, phases (time, name) and cars \
(id, name, is_ai, is_player, number, model, laps, splits); a lap has ended, time_ms, sectors_ms, is_valid, is_simulated (the time is an \
estimate of the game). counts has the numbers of lines (understood, skipped, continuations, malformed, too_long) and bytes; is_truncated is \
true if the rest of a very long log was left out.";

const AUTOSTART: &str = "\
It is for your user, and needs no administrator rights. `acevo run` gets its options from the settings.

Linux: the unit acevo.service in $XDG_CONFIG_HOME/systemd/user or ~/.config/systemd/user. If the user manager of systemd does not answer, \
acevo.desktop in the folder autostart beside it. Windows: the value acevo of the key \
HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run, which starts acevow.exe next to acevo.exe; it has no window. An entry of this \
name that acevo has not made is an error, and is never changed. docs/autostart.md has the details.

JSON of status:
  on        true if a program is started at the next login
  entries   an array with mechanism (systemd, xdg, registry), place (a file or a key), enabled, program (a path, or null)
  problems  why nothing is started, or another program than this one";

const WATCH: &str = "\
Tabs of the screen: 1 Drive, 2 Tyres, 3 Laps, 4 Car, 5 Session, 6 Fields (all channels or raw fields, \
searchable), 7 Events, 8 Health (packet rate and data quality), 9 Timing (all cars: order, gaps, laps, sectors). Keys: 1-9, Tab and arrows select tabs \
and scroll; / searches fields; r switches to raw fields; u changes units; ? shows help; q quits. \
For a recording, Space pauses, , and . seek 10 s, [ and ] step to other laps, - and + change the speed. \
The screen needs 80x24 and uses up to 200x60. NO_COLOR=1 turns colours off; signs mark the same things.

Fuel: stops, the amount of the next one and its laps, or what is left at the finish; tab 4 also has the reserve and the consumption \
that saves a stop. Nothing is shown while the end of the race is unknown. docs/fuel.md has the details.

JSON: one object per physics packet, or the newest one per --every:
  time_s     seconds since the program started
  packet_id  counter of the physics page
  missed     packets since the previous object that this program missed
  skipped    counter steps since then that the game skipped around a pause
  validity   current, or why physics does not describe the car: paused, resuming, replay, menu
  settled    false if a page may mix two packets (rare)
  physics    the physics page, with the game's own names; null unless validity is current
  graphics   the graphics page, if it has changed since the previous object
  static     the static page, if it has changed since the previous object
NaN is null. While physics stops (menu), an object is printed if the status, validity or the static page \
changes. Connection messages are printed on stderr. Without --count the program runs until Ctrl-C, or to the end of FILE.";

pub(in crate::cli) const EVENTS: &str = "\
A line has the time since the session began, the lap, the lap position in percent, and the event.

JSON: one object per event:
  at_s     seconds since the program started
  session_s  seconds since the session began
  session  number of the session, from 1
  lap      number of the lap, from 1; null if no lap is running
  place    lap position, 0 to 1
  event    the kind of event; it determines the further fields:
    session, lap_begun, start_lights, green, wrong_way, off_track, pit_lane_entered,
    box_entered       (no fields)
    stint             stint
    phase             name, before
    sector            sector, sector_ms, split_ms, is_best
    invalidated       reason
    lap               result: the lap, as in `acevo laps --json`, without the names
    session_best, personal_best
                      time_ms, before_ms
    flag              flag, before, for_all (false: shown only to the player)
    pit_lane_left, box_left, right_way, back_on_track
                      seconds: how long it lasted, or null
    service_begun, service_dropped, service_done
                      items; seconds, once it is done
    pit_limiter       is_on
    rev_limiter       rpm; at most every ten seconds
    low_fuel          is_critical, laps, litres, charge
    damage, repaired  parts, each with part, before, now, in the game's own numbers
    tyres             state (cold, ideal, hot), wheels
    overheating, cooled
                      fluid (water, oil), celsius

Thresholds (--threshold NAME=NUMBER) with their defaults:
  low_fuel_laps 3, critical_fuel_laps 1.5
  low_fuel_l 8, critical_fuel_l 4, low_charge 0.15, critical_charge 0.07: while consumption per lap is unknown
  cold_tyres 0.85, hot_tyres 1.15: fractions of the ideal temperature
  cold_tyres_c 65, hot_tyres_c 110: if the game does not report the ideal temperature; held for tyres_s 3
  hot_water_c 110, hot_oil_c 140; damage_step 0.05, as a fraction of the part's scale
  hold_s 0.3, wrong_way_s 0.5, off_track_s 0.15, rev_limiter_every_s 10

An event is reported after its condition has held for 0.15 s to 3 s. Conditions that hold when the program starts are not \
reported, except the phase, flags, the wrong way and low fuel. Connection messages are printed on stderr. Without --count the \
program runs until Ctrl-C, or to the end of the recording.";

const LAPS: &str = "\
Columns, if the terminal is wide enough: number; kind (flying, out, in, pit); time; sectors (thirds of the \
lap, because the game doesn't report its own); gap to the best lap of the session; fuel or charge \
used; highest and lowest speed in km/h; mean tyre core temperature in °C; stint; why the lap does not \
count or is incomplete. Only complete, valid laps are best laps.
Below the table: the best lap, the ideal lap (the sum of the best sectors), the personal best with this \
car on this track, how long the fuel lasts, and the running lap with its position, sectors and delta to \
the lap that --reference selects. q, Esc and Ctrl-C quit.

JSON: one object per finished lap:
  session, number, stint     from 1; a restart is another session
  attempt                    from 1, among laps with the same session and number: an aborted lap has the same number as
                             the next one
  kind                       flying, out, in, pit
  incomplete                 null, or why: joined, unconfirmed, restarted, returned, session_ended,
                             car_changed, replay, lost, interrupted
  time_ms                    the game's time; null if it is not certain
  measured_ms                the measured time
  validity                   {\"is\": valid, invalid or unknown}, with reason and place (lap position)
  sectors_ms                 an array
  ended_s                    seconds of driving since the program started
  fuel_used_l, fuel_added_l, charge_used
  speed_kmh, water_c, oil_c, air_c, road_c
                             {\"min\", \"mean\", \"max\"}
  tyre_core_c, tyre_surface_c, tyre_pressure_psi, brake_c
                             the same for fl, fr, rl, rr
  driving                    full_throttle (at least 98 %) and coasting (no pedal) as fractions of the time;
                             gear_s, seconds in each gear: {\"2\": 12.3, \"3\": 40.1}
  missed                     physics packets that this program missed
  track, configuration, car, driver, session_name
                             null if the game does not report a name

With --all-cars the laps of a recording are grouped by session and car, the car with the best lap first. Marks: * best of all, + own best, \
~ measured from positions and accurate to a frame, ≈ estimated by the game, ! does not count. Sectors are those of the game if its log is in \
the recording. JSON: one object per lap, in the order of their ends:
  car                        the id of the car: two numbers of 16 hexadecimal digits, as in the game's log
  driver, number, model      null if they are not known; without the game's log only the player has a name
  is_player                  the player's car
  session, lap               from 1
  time_ms, sectors_ms        null if they are not known
  source                     measured, pages, log, or estimated: the car had not finished the lap when the race ended
  is_valid                   null if it is not known
  through_pits               a part of the lap was driven in the pit lane
  ended_s                    seconds of driving since the recording began

Connection messages are printed on stderr, or below the table.";

const DUMP: &str = "\
JSON: {\"physics\": {\"speedKmh\": {\"value\": 181.3, \"unit\": \"km/h\"}}}. Values without a unit have no \"unit\"; enums \
have a \"name\". \"validity\" beside the pages is current, or why physics does not describe the car: paused, resuming, replay, \
menu. The exit code is 1 if there is no game.";

const CHANNELS: &str = "\
A channel without a value, such as the lap time before the first lap, shows `-`. The quality is measured (on the real game; with \
its versions), documented, reported, guessed, disputed or dead. g_lateral and yaw_rate are positive to the right; acc_g_x, \
acc_g_y and acc_g_z have the game's own axes and signs.

JSON: an object per channel by its id, with title, kind, unit, rate, quality, versions (if measured), pages, sources, min, max, \
decimals, note, repeats, is_default; with values also value and, for enums, name.";

const DIFF: &str = "\
A line per value that differs: name, value in A, value in B, unit; for arrays, a line per element. Floats are compared bit by \
bit. The missing end of a shorter page, for example of an older game, counts as zeros. Different sizes, and bytes beyond the known \
layout, are listed at the end.

JSON: {\"fields\": {\"physics.gear\": {\"a\": 3, \"b\": 4}}, \"sizes\": {}, \"beyond\": {}}; values with a unit have \"unit\", \
enums have \"a_name\" and \"b_name\", and \"bytes\" is added if equal values have different bytes.

Exit codes, as for diff(1): 0 no difference, 1 differences, 2 error.";

const CORNERS: &str = "\
Corners are detected from the driven lines and the braking of the laps that count, and stored in a file of the track and layout; from then on \
the file is used. It is JSON with names, and with start, apex and end of each corner as lap positions (0 to 1): edit it, or share it. Corners of the \
simulator's tracks are stored only in a file that --corners names.

A corner owns the track from its braking zone to that of the next corner, so the losses of all corners and the rest, from the line to the \
first corner, add up to the difference of the lap times. If a lap arrives at the next braking zone slower, the corner owns the track until both are \
equally fast again.

--json prints an object: file, track, layout, corners (number, name, start, apex, end, direction), lap (number, time_ms, car, length_m), figures (for \
each corner: number, title, braking_m, entry_kmh, min_kmh, exit_kmh, gear, throttle_on_m, time_s), against (as lap), losses (ranked: number, title, \
lost_s, braking_earlier_m, entry_kmh, min_kmh, exit_kmh, throttle_later_m, lap, reference, advice), rest_s, total_s, consistency (stint, laps, corners \
with time_s, braking_m and min_kmh, each with mean, deviation and laps). Values that do not exist are null.";

const PLOT: &str = "\
The first lap is blue, the one it is compared with is orange. In delta curves, values above 0 are slower. Parts of a lap without \
packets are gaps. Existing files are never overwritten.";

const STATS: &str = "\
The time starts when telemetry arrives. Latency is an estimate, because the game does not report when it writes: the most punctual \
recent packets count as having no latency.

JSON: seconds, source, state, attachments, looks (polls of the counters), overslept (sleeps that took 1 ms too long); physics and \
graphics with written, distinct, missed, skipped (by the game, around pauses), unsettled, restarts, rate_hz, interval_ms, \
jitter_ms, latency_ms; process with cpu_percent (of one core) and memory_bytes. The exit code is 1 if it was stopped before \
telemetry arrived.";

const RECORD: &str = "\
File names look like 2026-05-01_20-15-00_Monza_Car_Race.acevo. Nothing is overwritten. A file is readable at any time, except for \
its last second, even if the program is killed or the disk is full; recording continues as soon as there is space. A power cut \
costs about five seconds, apart from what the disk itself loses. The paths of complete files are printed. The exit code is 1 if \
nothing was recorded, a file could not be completed, or another program has renamed, removed or shortened it meanwhile.

With --demo all times are simulated times, at any --speed, and recording ends with the simulation. At high speeds packets between \
two frames may be missed; `acevo simulate -o FILE` records all of them.

With --keep-last nothing is written until s, Enter or Space is pressed; then the last seconds become a complete recording, and its \
path is printed. If the standard input is not a terminal, each line on it does the same. Sessions and restarts of the game do not \
interrupt it. A minute takes about 5 MB of memory. If saving fails, for example on a full disk, it is tried again. Ctrl-C quits \
without saving. On Unix a signal from a macro pad or a script also saves:
  pkill -USR1 -f '^[^ ]*acevo record'

--verbose prints diagnostics on stderr: files that are opened and closed, sessions, finished laps, and dropped packets.";

const REPLAY: &str = "\
Pages are published byte for byte, at their recorded times. If a game or a simulator has the pages, nothing is overwritten and \
the exit code is 1; likewise if page files belong to another user. `acevo info FILE` lists laps and times.

Keys: Space or Enter pauses and resumes, the left and right arrows seek 10 s, q or Ctrl-C quits. The signal SIGUSR1 pauses and \
resumes, too; so does, with --pause-at, a line on a standard input that is not a terminal. Readers may detach during a pause, \
because pages that are live but do not change look like those of a game that hangs; `acevo` does so after some seconds.";

const INFO: &str = "\
JSON: description (from the file), bytes, start_us and end_us, records, lost, marks; times are microseconds since the recording \
began. names are those in the pages; found has sessions and laps of the pages, in the form of marks, if those are missing or \
wrong. --check adds damage, skipped (physics steps that the game skipped around pauses) and, in the order physics, graphics, \
static, the missed packets: packets, places, most (in a row), most_at_us.";

const EXPORT: &str = "\
A table has a row per physics packet. Its first columns are:
  time_s     seconds since the start of the recording, by its clock; with --laps since the start of the
             first of these laps; in a data set since the first row of the session
  packet_id  packet counter of the physics page
  session    number of the session, from 1
  lap        number of the lap, from 1; empty if no lap is running
  missed     packets since the previous row that the recorder missed
  skipped    counter steps since the previous row that the game skipped around a pause
lap_position and lap_distance belong to the lap of their row: negative before a start, and empty while \
the game still has the position of the previous lap. Columns named ..._by_game have the values of the game.
In CSV a text that begins with =, +, - or @ is prefixed with ', because a spreadsheet would run it as a \
formula, and control characters are left out; with --raw-text texts are exactly those of the game. \
A MoTeC log has evenly spaced samples: a gap of more than 2 s without packets, such as a pause, is \
shortened to 2 s, and a message reports that. Units: `acevo channels --units UNITS`, --units-row, or the \
metadata acevo.columns of Parquet files.
Files are written under a temporary name first; existing files are never overwritten. If another program writes the same file \
meanwhile, one of the two fails. If one recording fails, the error is \
printed and the rest continue; the exit code is then 1.

A folder and its subfolders become a data set with Hive partitions, with a file per session:
DATA/track=.../car=.../driver=.../session=.../NAME.parquet
  DuckDB   FROM read_parquet('DATA/**/*.parquet', hive_partitioning = true)
  Polars   pl.scan_parquet('DATA/**/*.parquet', hive_partitioning=True)
  pyarrow  pyarrow.dataset.dataset('DATA', partitioning='hive')
The folders are columns. The number of the session in its recording is session_number, the name of the track without its layout \
is track_by_game. Complete files are kept, and a recording that has grown replaces its own files. Other formats have a file per \
recording. If a session has other cars, DATA-cars \
and DATA-field_laps beside the data set have its cars and their laps, in the same folders; `car_id` joins them. While an export runs, _acevo.lock keeps others out of the data set, and incomplete files are in a folder _acevo-...; \
files and folders of other programs are not touched.";

const LOG: &str = "\
A line has the time (UTC), the level (ERROR, WARN, INFO, DEBUG), the command with its process id, and the event. The log has what the \
commands print on stderr, and their diagnostics: files and sessions that are recorded, clients, refused requests. Tokens are left out.

The log is acevo.log in $XDG_STATE_HOME/acevo or ~/.local/state/acevo, on Windows in %LOCALAPPDATA%\\acevo. When it has 1 MB, it becomes \
acevo.1.log and that one acevo.2.log; the oldest one is removed. Programs never wait for the log: lines that cannot be written, for \
example because the disk is full, are counted, and their number is logged later.

The exit code is 1 if there is no log yet.";

const REPORT: &str = "\
Contents:
  versions.txt   versions of acevo, of the system and of the compiler target; what is missing, and why
  doctor.txt     the output of `acevo doctor`
  doctor.json    the output of `acevo doctor --json`
  settings.toml  the settings file without the values of tokens, passwords and secrets, if the file exists
  log/           the log files, if there are any
  pages.json     a raw dump of the pages, if the game runs; `acevo dump pages.json` shows it

The home folder and the name of the user are replaced by ~, and tokens and Steam ids are removed. pages.json has the exact bytes that the \
game publishes, with the driver's name. The files are listed on stderr with their sizes, and the path of the archive is printed. An \
existing file is never overwritten.";

const CUT: &str = "\
Packets are copied unchanged, with their times. Laps are copied with the seconds before and after them, in which \
the game publishes when they began and what their times are. Existing files are never overwritten.";

const MERGE: &str = "\
The log has a clock of its own. Laps that the recording and the log both have show the offset between the clocks, so that a recording needs \
at least one complete lap. If too few laps fit, the log belongs to another start of the game: nothing is written, and the exit code is 1. \
Records and marks are copied unchanged. Events of the log become marks at their times; of those from before the recording, the newest names \
of each car are kept. A recording that has a log already is refused. Existing files are never overwritten.";

const SERVE: &str = "\
Stops for fuel are on the Dash and in the tab Session, which also has a form for other races; docs/fuel.md describes them. \
Overlays for OBS are at /overlay/NAME: inputs, delta, tyres, map, laps, gg, fuel, gear, standings, relative, session, \
battle. Metrics for Prometheus are at /metrics. docs/web-api.md describes the interface for your own clients. \
With --lan every request needs the token: for OBS it is part of the address, /overlay/NAME?token=... --open passes a code to the browser instead, which is valid once and for a minute. The token is kept in your \
data directory, so that addresses remain valid; with keep_token = false in the settings each start has another one. Only you may be able to read \
the file of --token-file (chmod 600).

The address is printed on stderr and, if stdout is not a terminal, alone on a line on stdout; with --lan the address for other \
devices follows on the next line. Ctrl-C stops the server.

--verbose prints diagnostics on stderr: clients that connect and leave, slow clients that are disconnected, and requests and \
connections that are refused, with the reason.";

const SETTINGS: &str = "\
An option of a command replaces an environment variable, and that replaces the file. Each key has a variable: ACEVO_SERVER_PORT for \
port in the section [server]; lists are separated by commas; an empty variable counts as not set. The file is acevo.toml in \
$XDG_CONFIG_HOME/acevo or ~/.config/acevo, on Windows in %APPDATA%\\acevo. docs/settings.md lists all keys.

A file or a variable with an error is an error of every command that takes defaults from the settings: acevo, watch, events, laps, sessions, \
bests, timing, serve, run, publish, upload, wall, record, export, plot, channels and lake add. Nothing is ignored. Only acevo run goes on if \
the address of a broker, a database or a store is wrong: it records, and acevo status prints the problem.

The output has the form of the file; a comment after each value names its origin: default, file, or the environment variable.

JSON:
  path      the path of the file; null if the environment names no folder for it
  exists    true if the file exists
  settings  an object per section; sectors.tracks has the tracks with sectors of their own
  origins   default, file or environment, by the name of the key, such as server.port";

const SIMULATE: &str = "\
The simulator behaves as was measured on the real game; --variant selects disputed behaviour. It stops with Ctrl-C, after --for, \
or after the last session. Only menu never ends, and without --laps hot-laps, pits and pause. The pages are removed at the end. \
If a game or another simulator has the pages, or page files belong to another user, nothing is overwritten and the exit code is 1.

With -o nothing is published. The file appears when it is complete; existing files are never overwritten. The same options give \
the same pages at the same times. A scenario without an end is recorded for an hour.

The recording has the log of the simulated game in its marks. With --log the log is a file instead; such a recording and its log are what \
`acevo merge` takes. Without -o the file grows while the simulation runs, and gets the rest of the log at the end.";

fn simulate() -> String {
    let lists = [
        list("Scenarios", Scenario::ALL.iter().map(|one| (one.name(), one.summary()))),
        list("Tracks", TrackName::ALL.iter().map(|one| (one.name(), one.summary()))),
        list("Cars", CarModel::ALL.iter().map(|one| (one.name(), one.summary()))),
        list("Game versions", GameVersion::ALL.iter().map(|one| (one.name(), one.summary()))),
        list("Variants", Variant::ALL.iter().map(|one| (one.name(), one.summary()))),
    ];
    format!("{}\n\n{SIMULATE}", lists.join("\n\n"))
}

fn list<'a>(title: &str, entries: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let lines: Vec<_> = entries.map(|(name, summary)| format!("  {name:<17}{summary}")).collect();
    format!("{title}:\n{}", lines.join("\n"))
}
