//! Examples of each command.

const ACEVO: &str = "\
Examples:
  acevo run --open         Record every drive, and open the page, which has overlays for OBS
  acevo                    The screen in the terminal; waits until the game runs
  acevo --demo             The same with a simulated car, without the game
  acevo doctor             Diagnose missing telemetry
  acevo laps               The laps of the session, in a live table
  acevo dump speedKmh      One value, once
  acevo channels --demo    All channels with units, quality and values
  acevo --json --every 1s  A JSON object per second, for a script
  acevo report             An archive for a bug report

`acevo help COMMAND` shows the details of a command.
Exit codes: 0 success, 1 failure, 2 wrong usage; `acevo help diff` has its own.";

/// The examples of a command; `acevo` is the program itself.
pub(super) fn of(command: &str) -> &'static str {
    match command {
        "acevo" => ACEVO,
        "run" => RUN,
        "status" => STATUS,
        "quit" => QUIT,
        "autostart" => AUTOSTART,
        "watch" => WATCH,
        "events" => EVENTS,
        "laps" => LAPS,
        "sessions" => SESSIONS,
        "bests" => BESTS,
        "timing" => TIMING,
        "log-check" => LOG_CHECK,
        "dump" => DUMP,
        "channels" => CHANNELS,
        "diff" => DIFF,
        "doctor" => DOCTOR,
        "stats" => STATS,
        "record" => RECORD,
        "replay" => REPLAY,
        "relay" => RELAY,
        "receive" => RECEIVE,
        "upload" => UPLOAD,
        "collect" => COLLECT,
        "info" => INFO,
        "export" => EXPORT,
        "lake" => LAKE,
        "lake-add" => LAKE_ADD,
        "lake-check" => LAKE_CHECK,
        "lake-compact" => LAKE_COMPACT,
        "repair" => REPAIR,
        "cut" => CUT,
        "merge" => MERGE,
        "corners" => CORNERS,
        "plot" => PLOT,
        "serve" => SERVE,
        "publish" => PUBLISH,
        "wall" => WALL,
        "settings" => SETTINGS,
        "simulate" => SIMULATE,
        "log" => LOG,
        "report" => REPORT,
        "completions" => COMPLETIONS,
        "man" => MAN,
        _ => "",
    }
}

const RUN: &str = "\
Examples:
  acevo run --open               Record every drive, and open the page
  acevo run -o D:\\races         Into another folder
  acevo run --lan                The page for phones and tablets, too
  acevo run --no-record          Only the page and the overlays
  acevo run --demo --open        With a simulated car, without the game

One program runs per user. Settings: `acevo settings`; state: `acevo status`; end: Ctrl-C, or `acevo quit`.";

const PUBLISH: &str = "\
Examples:
  acevo publish --broker mqtt://192.168.1.5          To the broker in the network, as this computer
  acevo publish --broker mqtts://broker.example --site club --rig \"Rig 3\"
                                                     With TLS, as acevo/v1/club/rig-3
  acevo publish --influx http://192.168.1.5:8428/write
                                                     To VictoriaMetrics; docs/influx.md has other databases
  acevo publish --broker mqtt://localhost --demo     A simulated car, without the game
  mosquitto_sub -h localhost -t 'acevo/v1/#' -v      What arrives

User, password file and certificates are settings: `acevo settings`. With mqtt.broker or influx.url in the settings, `acevo run` \
publishes, too. An option for either replaces both settings. docs/mqtt.md describes the topics, docs/influx.md the measurements.";

const WALL: &str = "\
Examples:
  acevo wall --broker mqtt://192.168.1.5 --open    All rigs, and the page in the browser
  acevo wall --site club --port 8000               Rigs of one site, at the broker of the settings
  acevo wall --lan                                 For a television or a phone in the network
  curl http://127.0.0.1:7333/api/snapshot          The same for scripts

The page shows who drives, car, track, lap, delta, best and last lap, flag and state of each rig, and the best laps of the day. It \
publishes nothing. User, password file and certificates are settings: `acevo settings`. docs/wall.md describes the page.";

const SESSIONS: &str = "\
Examples:
  acevo sessions                             All sessions that were recorded, the newest first
  acevo sessions --track monza --car gt3     Parts of names are enough
  acevo sessions --since 7d --kind race      The races of the last seven days
  acevo sessions D:\\races --json            Another folder, for scripts

Recordings are read once; an index keeps what was found. docs/library.md describes it.";

const BESTS: &str = "\
Examples:
  acevo bests                  The best lap of each car on each track
  acevo bests --track monza    Only on this track
  acevo bests D:\\races --json  Another folder, for scripts";

const TIMING: &str = "\
Examples:
  acevo timing                              All cars of the running session, in a live table; q quits
  acevo timing --demo --scenario field      The same with twenty simulated cars, without the game
  acevo timing FILE                         The results of a recording
  acevo timing FILE -o results.html         The same as a page to print or to publish
  acevo timing --log \"Assetto Corsa EVO Server.txt\"
                                            A dedicated server, on its computer; live in a terminal
  acevo timing --log log.txt -o results.csv All sessions of a log as a table
  acevo timing --log log.txt --json | jq '.[-1].cars[0]'

Names and exact times of the other cars come from the log of the game, which is found by itself. Without it, the other cars have \
no names, and their times are measured.";

const LOG_CHECK: &str = "\
Examples:
  acevo log-check                The newest log of the game on this computer
  acevo log-check log.txt        This log: sessions, cars, laps, and lines that were not understood
  acevo log-check log.txt --json | jq .counts

The log of the game has the names and times of all cars. It is not the log of acevo, which `acevo log` prints.";

const STATUS: &str = "\
Examples:
  acevo status                   What `acevo run` does
  acevo status --json | jq .recording.file

Exit codes: 0 runs and everything works, 1 something does not work, 3 `acevo run` is not running.";

const QUIT: &str = "\
Examples:
  acevo quit                     Like the button in the page; the recording is completed
  acevo quit; acevo run --open   Start it again, for changed settings or a new version

Exit codes: 0 it has ended, 1 it could not be ended, 3 `acevo run` is not running.";

const AUTOSTART: &str = "\
Examples:
  acevo autostart on             Start `acevo run` at each login, and now
  acevo autostart on --no-start  Only at each login
  acevo autostart off            Remove what `on` has made
  acevo autostart status         What is started, and how
  acevo autostart status --json | jq .on

Exit codes of status: 0 on, 1 off.";

const WATCH: &str = "\
Examples:
  acevo watch                          A live screen with nine tabs; ? shows the keys, q quits
  acevo watch --demo --scenario race   A simulated race
  acevo watch FILE --speed 4           A recording, four times as fast
  acevo watch --reserve 1lap           Stops for fuel are planned with this reserve
  acevo watch --lines --every 5s       A line every five seconds
  acevo watch --json > stint.jsonl     Every physics packet as JSON
  acevo watch --json --every 100ms | jq -c '[.time_s, .physics.speedKmh]'
  acevo watch --json --count 1         One object, then stop";

const EVENTS: &str = "\
Examples:
  acevo events                         All events, one per line
  acevo events --only flag,pit         Flags and pit stops
  acevo events FILE                    The events of a recording
  acevo events --json >> evening.jsonl
  acevo events --json --only lap | jq -r 'select(.event == \"lap\") | .result.time_ms'
  acevo events --demo --scenario incidents --speed 5";

const LAPS: &str = "\
Examples:
  acevo laps                       A live table; q quits
  acevo laps --session all         The laps of all sessions
  acevo laps --lines               A line per finished lap
  acevo laps FILE                  The laps of a recording, with the best lap and the gaps to it
  acevo laps --all-cars FILE       The laps of all cars of a recording
  acevo laps FOLDER --to csv       One row per lap of all recordings in a folder; also parquet, json
  acevo laps --json >> laps.jsonl
  acevo laps --json | jq -c '[.number, .time_ms, .validity.is]'
  acevo laps --demo --scenario pits --speed 5";

const DUMP: &str = "\
Examples:
  acevo dump                          All fields of all pages
  acevo dump --page static            The session
  acevo dump speedKmh gear tyre_lf    Two fields and a struct
  acevo dump 'wheelSlip[2]'           One element; wheels are FL, FR, RL, RR
  acevo dump --describe electronics   The meaning of fields
  acevo dump --demo --json | jq .physics.speedKmh.value
  acevo dump --raw bug.json           The exact bytes of all pages, for a bug report
  acevo dump bug.json gear            A field of such a file
  acevo dump FILE --at 2/best gear    A field at the beginning of the best lap of session 2";

const CHANNELS: &str = "\
Examples:
  acevo channels                             All channels that are worth logging
  acevo channels --describe g_ camber        Notes about some of them
  acevo channels --values speed tyre_temp    Current values
  acevo channels --demo --units imperial     Values of a simulated car
  acevo channels --demo --json | jq .speed.value
  acevo channels FILE speed --at 1:30        The value in a recording";

const DIFF: &str = "\
Examples:
  acevo dump --raw a.json; acevo dump --raw b.json
  acevo diff a.json b.json                All differences
  acevo diff a.json b.json tyre_lf gear   Only these fields
  acevo diff --page static a.json b.json && echo same session
  acevo dump --raw - | acevo diff a.json -";

const DOCTOR: &str = "\
Examples:
  acevo doctor                             Look for the game, measure for a second, explain
  acevo doctor --json                      The same for a bug report
  acevo doctor --quiet && start-my-dash    Continue only if telemetry flows

The exit code is 0 only if telemetry flows. It does not flow in the menu or during a pause: drive, then try again.";

const CORNERS: &str = "\
Examples:
  acevo corners FILE                          Braking points, speeds and times of the best lap, corner by corner
  acevo corners FILE --lap 3 --against best   Where lap 3 lost time, the greatest loss first
  acevo corners FILE --against friend.acevo:best
  acevo corners FILE --consistency            How much times and braking points vary in the stint of the best lap
  acevo corners FILE --json | jq .figures
  acevo corners FILE --path                   The file of the corners of this track, to edit names and positions";

const PLOT: &str = "\
Examples:
  acevo plot --demo -o laps.png                           Curves, map and g-g diagram on one sheet
  acevo plot --demo --kind map --color delta -o map.svg   Where time is gained and lost
  acevo plot --demo --kind traces --channels speed,rpm,delta --theme light -o curves.png
  acevo plot --demo --kind gg --size 900x900 -o gg.png
  acevo plot FILE --lap 2/3 --against 2/best              Two laps of session 2; into FILE_sheet_lap-2-3.png
  acevo plot A.acevo:best B.acevo:3 C.acevo:best          Up to four laps; the first one is compared with the others
  acevo plot A.acevo B.acevo --from 800 --to 1300         A part of the track, in metres after the line";

const STATS: &str = "\
Examples:
  acevo stats                      Until Ctrl-C
  acevo stats --for 60s            For a minute; waits for the game first
  acevo stats --for 10s --json     For a script, or a bug report
  acevo stats --demo --for 5s      Without the game";

const RECORD: &str = "\
Examples:
  acevo record                        A file per session, until Ctrl-C
  acevo record -o ~/races             In this directory
  acevo record -o evening.acevo       In this file; further sessions get a number after the name
  acevo record --demo --for 10s -o .  Without the game
  acevo record --keep-last 60s        The last minute in memory; a key press saves it
  acevo record --verbose              With diagnostics";

const REPLAY: &str = "\
Examples:
  acevo replay FILE                        For any program that reads the game; `acevo` in another terminal
  acevo replay FILE --from best --to best --loop
  acevo replay FILE --from 12:30 --speed 4
  acevo replay FILE --pause-at 1:30        The pages stop changing there; `acevo dump` in another terminal
  acevo watch FILE                         Watch it without publishing it";

const RELAY: &str = "\
Examples:
  acevo relay                              On the computer of the game; prints the command for the other computer
  acevo relay --listen 127.0.0.1:7334      For a tunnel only
  acevo relay --demo                       Send a simulated car
  acevo relay FILE                         Send a recording";

const RECEIVE: &str = "\
Examples:
  acevo receive 192.168.1.5 --token-file relay-token       For SimHub or a dashboard on this computer
  acevo receive game-pc:7334 --token-file T --delay 30ms   In a network that is never late
  acevo receive game-pc --token-file T --json              With the delay and gaps of each second";

const UPLOAD: &str = "\
Examples:
  acevo upload FILE --to http://192.168.1.5:7336 --token-file T   To a computer on which acevo collect runs
  acevo upload FOLDER --to /mnt/nas/acevo --rig \"Rig 3\"          All recordings of a folder to a share
  acevo upload FILE --to https://sign.example/acevo --presign     By addresses of a service, such as presigned ones of S3
  acevo upload FILE                                               To the store of the settings";

const COLLECT: &str = "\
Examples:
  acevo collect --folder /srv/acevo                               Prints the address and the token for the rigs
  acevo collect --folder /srv/acevo --rigs rigs.txt               With a token per rig
  acevo collect --folder /srv/acevo --lake /srv/lake              With Delta tables of all laps, events and samples
  acevo collect --folder /srv/acevo --listen 127.0.0.1:7336       Behind a proxy for TLS";

const INFO: &str = "\
Examples:
  acevo info FILE            Game, car, track, sessions, laps, sizes
  acevo info FILE --check    Read all of it; exit code 1 if something cannot be read
  acevo laps FILE            The laps with sectors and fuel";

const EXPORT: &str = "\
Examples:
  acevo export FILE --to csv --channels speed,throttle,brake --rate 50
  acevo export FILE --to csv -o - --laps 3-5 | head
  acevo export FILE --to csv --decimal ,      For spreadsheets with decimal commas; cells are separated by ;
  acevo export FILE --to parquet              For pandas, polars, DuckDB
  acevo export FILE --to motec                A log and its laps for MoTeC i2
  acevo export FILE --to mcap                 For Foxglove and PlotJuggler
  acevo export *.acevo --to csv               A table per recording, in the current folder
  acevo export FOLDER --to parquet -o DATA    A data set of all recordings; run it again to add new ones";

const LAKE: &str = "\
Examples:
  acevo lake add recordings -o lake      Add all recordings of a folder; repeat it after each drive
  acevo lake check lake                  Are all files there?
  acevo lake compact lake --vacuum 7d    Merge small files, and remove merged ones after a week";

const LAKE_ADD: &str = "\
Examples:
  acevo lake add recordings -o lake                       All recordings of a folder and its subfolders
  acevo lake add monza.acevo -o /mnt/team/lake --rig rig-3
                                                          One recording, into the lake of a team
  acevo lake add recordings -o lake --rate 20 --channels speed,throttle,brake,steering,gear
                                                          Small samples; laps and events are complete
  acevo lake add parquet -o lake                          A data set that `acevo export` has made";

const LAKE_CHECK: &str = "\
Examples:
  acevo lake check lake           Tables, and what was found
  acevo lake check lake --quiet   Only damage; the exit code is 1 if there is any";

const LAKE_COMPACT: &str = "\
Examples:
  acevo lake compact lake                Merge small files
  acevo lake compact lake --vacuum 7d    Also remove files that were merged a week ago";

const REPAIR: &str = "\
Examples:
  acevo info FILE --check              Report what cannot be read
  acevo repair FILE                    Into FILE_repaired.acevo in the current folder
  acevo repair FILE -o rescued.acevo

Recordings without damage need no repair, even if the recorder was killed; a complete one is copied, so that the new file always
exists afterwards. Existing files are never overwritten.";

const CUT: &str = "\
Examples:
  acevo cut FILE --laps 3-5                 Into FILE_laps-3-5.acevo in the current folder
  acevo cut FILE --laps 2/best              The best lap of session 2
  acevo cut FILE --from best --to best -o best.acevo
  acevo cut FILE --from 12:30 --to 14:00 -o incident.acevo";

const MERGE: &str = "\
Examples:
  acevo merge FILE --log log.txt               Into FILE_log.acevo in the current folder
  acevo merge race.acevo --log log-260501-200000.txt -o full.acevo
  acevo timing full.acevo                      Names and exact times of all cars
  acevo log-check log.txt                      What a log contains

`acevo record` and `acevo run` record the log by themselves, if the game runs on the same computer.";

const SERVE: &str = "\
Examples:
  acevo serve                  A page at http://127.0.0.1:7333/, only for this computer
  acevo serve --open           The same, opened in a browser
  acevo serve --lan            For phones and tablets; prints a QR code for their cameras
  acevo serve --lan --token-file ~/.acevo-token
                               With the token in this file
  acevo serve --demo           A simulated car
  acevo serve --reserve 1lap --pit-loss 55s
                               Plans stops for fuel with this reserve
  acevo serve FILE --speed 2   A recording, twice as fast
  acevo serve --verbose        With diagnostics
  curl -s 'http://127.0.0.1:7333/api/snapshot?channels=speed,gear'";

const SETTINGS: &str = "\
Examples:
  acevo settings                 The path of the file, and the values in effect
  acevo settings --init          Write a new file with every key, commented out
  acevo settings --check         Each error of file and environment; exit code 1 if any
  acevo settings --check FILE    The same for another file
  acevo settings --json | jq .settings.server.port
  ACEVO_UNITS=imperial acevo     One start with other units";

const SIMULATE: &str = "\
Examples:
  acevo simulate                          A weekend; `acevo` in another terminal shows it
  acevo simulate --scenario race --car road
  acevo simulate --scenario hot-laps --laps 3 --speed 10
  acevo simulate --track karsthafen --car hatch --game 0.6
  acevo simulate -o weekend.acevo         A recording of all of it, in seconds
  acevo simulate -o hour.acevo --scenario hot-laps --for 1h
  acevo simulate --scenario field --cars 30 --log log.txt --log-delay 5s
  acevo simulate --scenario field -o race.acevo --log log.txt --log-style online";

const LOG: &str = "\
Examples:
  acevo log                  The last 50 lines
  acevo log -n 1000          More of them
  acevo log --follow         New lines as they come, until Ctrl-C
  acevo log | grep -E ' (WARN|ERROR) '
  less \"$(acevo log --path)\"

`acevo serve` and `acevo record` write the log, unless they have the option --log off.";

const REPORT: &str = "\
Examples:
  acevo report                  Into acevo-report-DATE_TIME.zip in the current folder
  acevo report --list           Only list what it would have
  acevo report -o bug-42.zip
  acevo report --list --dir /dev/shm

Run it while the problem exists, with the game if possible. Look at the archive before you attach it to a bug report.";

const COMPLETIONS: &str = "\
Examples:
  source <(acevo completions bash)              For this shell; in ~/.bashrc for all
  acevo completions bash > ~/.local/share/bash-completion/completions/acevo
  acevo completions zsh > \"${fpath[1]}/_acevo\"   Then start a new shell
  acevo completions fish > ~/.config/fish/completions/acevo.fish
  acevo completions powershell >> $PROFILE

The script belongs to this version of acevo: print it again after an update.";

const MAN: &str = "\
Examples:
  acevo man ~/.local/share/man/man1      Then: man acevo-record
  acevo man pages && man -l pages/acevo.1

The folder gets acevo.1, and a page per command, such as acevo-watch.1. Run it again after an update: pages that it has written before \
are replaced, other files are not.";
