//! The ends of the help texts: examples first of all.

pub(super) const ACEVO: &str = "\
Examples:
  acevo                    Watch the game; waits until it is there
  acevo --demo             The same with a simulated car, without the game
  acevo doctor             Nothing comes? What was looked for, and what to do
  acevo laps               The laps of the session, as they are driven
  acevo serve --open       A page in the browser, with overlays for OBS
  acevo dump speedKmh      One value, once
  acevo channels --demo    What can be measured, in which unit, and how sure it is
  acevo --json --every 1s  Objects for a script, one each second
  acevo dump --raw FILE    The exact bytes, for a bug report

Exit codes: 0 success, 1 failure, 2 wrong usage; `acevo help diff` has its own.";

macro_rules! watch_examples {
    () => {
        "\
Examples:
  acevo watch                          A live screen with eight tabs; ? shows the keys, q quits
  acevo watch --demo --scenario race   A simulated race
  acevo watch FILE                     A recording in real time; --speed 4 plays it four times as fast
  acevo watch --lines --every 5s       A line every five seconds
  acevo watch --json > stint.jsonl     Every packet of physics, as JSON
  acevo watch --json --every 100ms | jq -c '[.time_s, .physics.speedKmh]'
  acevo watch --json --count 1         One object, then end"
    };
}

pub(super) const WATCH_EXAMPLES: &str = watch_examples!();

pub(super) const WATCH: &str = concat!(
    watch_examples!(),
    "

Tabs of the screen:
  1 Drive    gear, speed, shift light, pedals with their last ten seconds, lap and delta, tyres,
             g-g; on larger terminals also the track with all cars, gaps, fuel, events
  2 Tyres    tyres and brakes, wheel by wheel
  3 Laps     all laps with sectors, the newest first
  4 Car      electronics, engine, fuel, damage, assists
  5 Session  the session, the track, the other cars
  6 Fields   every channel with how sure it is, or every raw field; searchable
  7 Events   what has happened
  8 Health   how the packets arrive, and how far they are to be believed

Keys of the screen:
  1-8, Tab, Shift-Tab, left, right    tabs
  up, down, PgUp, PgDn, Home, End     scroll
  /          search the fields by words: Enter keeps the search, Esc forgets it
  r          raw fields of the pages instead of channels, and back
  u          units: km/h °C psi, km/h °C bar, mph °F psi
  ?          help
  q, Esc, Ctrl-C    quit

From 80 columns and 24 rows on everything has its place; 200 by 60 shows most. Colours are blue and
orange, and say nothing that is not also said by a sign; NO_COLOR=1 leaves them out.

JSON: one object per packet of physics, or the newest one --every so often:
  time_s     seconds since the program began to watch
  packet_id  counter of the physics page
  missed     packets that came and went unseen since the object before
  skipped    steps of the counter since then that the game left out around a pause
  validity   current, or why physics does not describe the car: paused, resuming, replay, menu
  settled    false where a page may mix two packets (rare)
  physics    the physics page; all names are the game's own; null unless validity is current
  graphics   the graphics page, where it has changed since the object before
  static     the static page, where it has changed since the object before
Objects come in a pause, too, without physics: the game's page is faded or zero then. While physics
stands still (menu), an object comes when the status, validity or the static page changes; its packet_id is
that of the object before. Numbers that are none (NaN) are null.

Changes of the connection are told on stderr. The program never ends by itself, but with --count."
);

macro_rules! events_examples {
    () => {
        "\
Examples:
  acevo events                         Everything that happens, a line each
  acevo events --only flag,pit         Flags and pit stops
  acevo events --json >> evening.jsonl
  acevo events --json --only lap | jq -r 'select(.event == \"lap\") | .result.time_ms'
  acevo events --demo --scenario incidents --speed 5"
    };
}

pub(super) const EVENTS_EXAMPLES: &str = events_examples!();

pub(super) const EVENTS: &str = concat!(
    events_examples!(),
    "

A line is: time since the session began, lap, lap position in percent, the event.

JSON: one object per event:
  at_s     seconds since the program began to watch
  session_s  seconds since the session began
  session  number of the session since then, from 1
  lap      number of the lap, from 1; null where none is driven
  place    part of the lap, 0 to 1
  event    what has happened; further fields belong to it:
    session, lap_begun, start_lights, green, wrong_way, off_track, pit_lane_entered,
    box_entered       (none)
    stint             stint
    phase             name, before
    sector            sector, sector_ms, split_ms, is_best
    invalidated       reason
    lap               result: all of the lap, as `acevo laps --json` prints it, but for the names
    session_best, personal_best
                      time_ms, before_ms
    flag              flag, before, for_all (else it is shown to the player)
    pit_lane_left, box_left, right_way, back_on_track
                      seconds: for so long it was there, or null
    service_begun, service_dropped, service_done
                      items; seconds, where it is done
    pit_limiter       is_on
    rev_limiter       rpm; the first time in ten seconds
    low_fuel          is_critical, laps, litres, charge
    damage, repaired  parts, each with part, before, now, in the game's own numbers
    tyres             state (cold, ideal, hot), wheels
    overheating, cooled
                      fluid (water, oil), celsius

Thresholds (--threshold NAME=NUMBER), with what they are else:
  low_fuel_laps 3, critical_fuel_laps 1.5; where nobody knows laps low_fuel_l 8, critical_fuel_l 4,
                     low_charge 0.15, critical_charge 0.07
  cold_tyres 0.85, hot_tyres 1.15, of the ideal temperature; where the game does not tell it
                     cold_tyres_c 65, hot_tyres_c 110; held for tyres_s 3
  hot_water_c 110, hot_oil_c 140; damage_step 0.05, as a part of its scale
  hold_s 0.3, wrong_way_s 0.5, off_track_s 0.15, rev_limiter_every_s 10

An event comes once what it tells has held for a moment, 0.15 s to 3 s. What is there already when
the program begins is not told, but for the phase, flags, the wrong way and fuel that is low.
Changes of the connection are told on stderr. Ctrl-C ends the program, or --count."
);

macro_rules! laps_examples {
    () => {
        "\
Examples:
  acevo laps                       A table that goes on; q quits
  acevo laps --session all         Not only of the running session
  acevo laps --lines               A line per finished lap
  acevo laps FILE                  The laps of a recording, with the best lap and the gaps to it
  acevo laps --json >> laps.jsonl
  acevo laps --json | jq -c '[.number, .time_ms, .validity.is]'
  acevo laps --demo --scenario pits --speed 5"
    };
}

pub(super) const LAPS_EXAMPLES: &str = laps_examples!();

pub(super) const LAPS: &str = concat!(
    laps_examples!(),
    "

Columns, as many as there is room for: number of the lap; what kind (flying, out, in, pit); time;
sectors, thirds of the lap, for the pages tell none; difference to the best lap of the session; fuel
burned, or % of charge used; greatest and least speed in km/h; mean of all tyres' cores in °C; stint;
why it does not count, or is not complete. A best time is one of a complete lap that counts.
Below the table: the best lap, the ideal lap (the sum of the best sectors), the personal best with this car on
this track, how long the fuel lasts; the running lap with its place, its sectors so far and the
difference to the best lap, or to the one that --reference names.

JSON: one object per finished lap:
  session, number, stint     from 1; a restart is another session
  attempt                    from 1, among the laps with the same session and number: a lap that was broken off leaves
                             its number to the next one
  kind                       flying, out, in, pit
  incomplete                 null, or why: joined, unconfirmed, restarted, returned, session_ended,
                             car_changed, replay, lost, interrupted
  time_ms                    the game's time; null where it is not certain
  measured_ms                the time as it was measured here
  validity                   {\"is\": valid, invalid or unknown}, with reason and place
  sectors_ms                 an array
  ended_s                    seconds of driving since the program began to watch
  fuel_used_l, fuel_added_l, charge_used
  speed_kmh, water_c, oil_c, air_c, road_c
                             {\"min\", \"mean\", \"max\"}
  tyre_core_c, tyre_surface_c, tyre_pressure_psi, brake_c
                             the same for fl, fr, rl, rr
  driving                    full_throttle (98 % or more) and coasting (no pedal), parts of the time, 0..1;
                             gear_s, seconds in each gear: {\"2\": 12.3, \"3\": 40.1}
  missed                     packets of physics that were never seen
  track, configuration, car, driver, session_name
                             what was driven; null if the game has no name for it

Changes of the connection are told on stderr, or below the table. Keys: q, Esc or Ctrl-C quit."
);

pub(super) const DUMP: &str = "\
Examples:
  acevo dump                          All fields of all pages
  acevo dump --page static            The session
  acevo dump speedKmh gear tyre_lf    Two fields and a part
  acevo dump 'wheelSlip[2]'           One element: wheels are FL, FR, RL, RR
  acevo dump --describe electronics   What the fields mean
  acevo dump --demo --json | jq .physics.speedKmh.value
  acevo dump --raw bug.json           The exact bytes of all pages, for a bug report
  acevo dump bug.json gear            A field of such a file
  acevo dump FILE --at 2/best gear    A field of a recording, at the beginning of the best lap of session 2

JSON: {\"physics\": {\"speedKmh\": {\"value\": 181.3, \"unit\": \"km/h\"}}}; \"unit\" only where there is \
one, \"name\" with values that have names. \"validity\" beside the pages is current, or why physics does not \
describe the car: paused, resuming, replay, menu. Exit code 1 where there is no game.";

pub(super) const CHANNELS: &str = "\
Examples:
  acevo channels                             All channels that are worth logging
  acevo channels --describe g_ camber        What to know about some of them
  acevo channels --values speed tyre_temp    How they stand now
  acevo channels --demo --units imperial     The same of a simulated car
  acevo channels --demo --json | jq .speed.value
  acevo channels FILE speed --at 1:30        The value in a recording

If a channel has no value now, as a lap time before the first lap, it is `-`. The quality is measured \
(on the real game; with its versions), documented, reported, guessed, disputed or dead. g_lateral and \
yaw_rate are positive to the right; acc_g_x, acc_g_y and acc_g_z have the game's own axes and signs.

JSON: an object per channel by its id, with title, kind, unit, rate, quality, versions (if measured), \
pages, sources, min, max, decimals, note, repeats, is_default; with values also value and, of enums, name.";

pub(super) const DIFF: &str = "\
Examples:
  acevo dump --raw a.json; acevo dump --raw b.json
  acevo diff a.json b.json                What has changed between the two
  acevo diff a.json b.json tyre_lf gear   Of a part and a field only
  acevo diff --page static a.json b.json && echo same session
  acevo dump --raw - | acevo diff a.json -

A line per value that differs: name, value in A, value in B, unit; of arrays each element that does. \
Floats are compared by their bits. A page that ends early, as an older game's, is zero from there on. \
Sizes that differ, and bytes beyond the known layout, are told at the end.

JSON: {\"fields\": {\"physics.gear\": {\"a\": 3, \"b\": 4}}, \"sizes\": {}, \"beyond\": {}}; \"unit\" only \
where there is one, \"a_name\" and \"b_name\" with values that have names, \"bytes\" where the values \
do not tell the difference.

Exit codes as of diff: 0 no difference, 1 differences, 2 trouble.";

pub(super) const DOCTOR: &str = "\
Examples:
  acevo doctor                             Look, measure for a second, explain
  acevo doctor --json                      The same for a bug report
  acevo doctor --quiet && start-my-dash    Go on only when telemetry flows

Exit code 0 only when telemetry flows. In the menu or a pause it does not: drive, then try again.";

pub(super) const PLOT: &str = "\
Examples:
  acevo plot --demo -o laps.png                           Curves, map and g-g diagram on one sheet
  acevo plot --demo --kind map --color delta -o map.svg   Where time is won and lost
  acevo plot --demo --kind traces --channels speed,rpm,delta --theme light -o curves.png
  acevo plot --demo --kind gg --size 900x900 -o gg.png
  acevo plot FILE --lap 2/3 --against 2/best              Two laps of session 2; into FILE_sheet_lap-2-3.png
  acevo plot A.acevo --against B.acevo:best               The best laps of two recordings

Blue is the best lap, orange the one it is compared with. In curves of the delta, above 0 is slower. \
Parts of a lap that were not seen are gaps. Existing files are never overwritten.

\
Laps: best (the fastest lap that counts), 3, 2/3 (lap 3 of session 2), 2/best, 3#2 (the second attempt at lap 3); lists and ranges, if \
several laps are taken: 1,4-6 or 2/1-3. If a number selects several laps, the error lists them with their sessions, attempts and times; so \
does best, if the recording has several cars or tracks.";

pub(super) const STATS: &str = "\
Examples:
  acevo stats                      Until Ctrl-C
  acevo stats --for 60s            A minute; waits for the game first
  acevo stats --for 10s --json     For a script, or a bug report
  acevo stats --demo --for 5s      Without the game

The time counts from the moment that a game is there. Latency is an estimate: the game does not tell \
when it writes, so the most punctual packets of the last moments are taken to have come at once.

JSON: seconds, source, state, attachments, looks (at the counters), overslept (sleeps that took 1 ms \
too long); physics and graphics with written, distinct, missed, skipped (by the game, around pauses), unsettled, restarts, rate_hz, \
interval_ms, jitter_ms, latency_ms; process with cpu_percent (of one core) and memory_bytes. \
Exit code 1 where it was ended before there was a game.";

pub(super) const RECORD: &str = "\
Examples:
  acevo record                        A file for each session, until Ctrl-C
  acevo record -o ~/races             In this directory
  acevo record -o evening.acevo       In this file; further sessions have numbers behind the name
  acevo record --demo --for 10s -o .  Without the game
  acevo record --keep-last 60s        Only the last minute, in memory, until it is worth a file

Names are as 2026-05-01_20-15-00_Monza_Car_Race.acevo. Nothing is overwritten. A file is valid at any \
moment up to its last second, also when the program is killed or the disk is full; then it goes on \
as soon as there is room. A power cut costs five seconds or so, what the disk itself loses aside. \
Exit code 1 where there was nothing to record, or a file could not be completed.

With --demo all times are those of the simulation, at any --speed, and a simulation that ends ends the \
recording. Packets between two frames may be missed at high speeds; `acevo simulate -o FILE` records \
all of them, without a clock.

With --keep-last nothing is written until s, Enter or Space is pressed; then the last seconds become \
a whole recording, and its path is printed. Where the standard input is no terminal, each line on it \
does the same. They cross sessions and restarts of the game. A minute takes some 5 MB of memory. What \
cannot be saved, as on a full disk, waits and is tried again. Ctrl-C ends without saving. \
A key of a macro pad or a script can save from anywhere by a signal, but not on Windows:
  pkill -USR1 -f '^[^ ]*acevo record'";

pub(super) const REPLAY: &str = "\
Examples:
  acevo replay FILE                        Any reader of the game sees it; `acevo` in another terminal
  acevo replay FILE --from best --to best --loop
  acevo replay FILE --from 12:30 --speed 4
  acevo replay FILE --pause-at 1:30        The pages stand still there; `acevo dump` in another terminal
  acevo watch FILE                         To watch it without publishing it

Positions are times, such as 1:30 or 90s, or laps: best, 3, 2/3 (lap 3 of session 2), 2/best, 3#2 (the second attempt at lap 3).

Pages are published byte for byte, with their times. Where a game or a simulator has the pages, nothing \
is overwritten: exit code 1. `acevo info FILE` tells laps and times.

Keys: Space or Enter pauses and goes on, the arrows left and right leap 10 s, q or Ctrl-C ends it. The \
signal SIGUSR1 pauses and goes on, too, and with --pause-at so does a line on a standard input that is \
no terminal. Pages that stand still while they say that the game is live look like those of a game \
that hangs: a reader may let go of them during a pause, as `acevo` does after some seconds.";

pub(super) const EXPORT: &str = "\
Examples:
  acevo export FILE --to csv --channels speed,throttle,brake --rate 50
  acevo export FILE --to csv -o - --laps 3-5 | head
  acevo export FILE --to csv --decimal ,      For spreadsheets with decimal commas; cells are separated by ;
  acevo export FILE --to parquet              For pandas, polars, DuckDB
  acevo export FILE --to motec                A log and its laps for MoTeC i2
  acevo export FILE --to mcap                 For Foxglove and PlotJuggler
  acevo export *.acevo --to csv               A table for each recording, in the current folder
  acevo export FOLDER --to parquet -o DATA    A data set of all recordings; again to add new ones

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
In CSV a text that begins with =, +, -, @, a tab or a carriage return is prefixed with ', because a \
spreadsheet would run it as a formula. Units: `acevo channels --units UNITS`, --units-row, or the \
metadata acevo.columns of Parquet files.
Files are written under a temporary name, and nothing is overwritten.

Laps: best, 3, 2/3 (lap 3 of session 2), 2/best, 3#2 (the second attempt at lap 3), lists and ranges such as 1,4-6 or 2/1-3.

A folder and its subfolders become a data set with Hive partitions, with a file per session:
DATA/track=.../car=.../driver=.../session=.../NAME.parquet
  DuckDB   FROM read_parquet('DATA/**/*.parquet', hive_partitioning = true)
  Polars   pl.scan_parquet('DATA/**/*.parquet', hive_partitioning=True)
  pyarrow  pyarrow.dataset.dataset('DATA', partitioning='hive')
The folders are columns. The number of the session in its recording is session_number, the name of the \
track without its layout is track_by_game. \
Complete files are kept, and a recording that has grown replaces its own. Other formats have a file \
per recording. A recording that cannot be exported does not stop the others; the exit code is then 1.";

pub(super) const CUT: &str = "\
Examples:
  acevo cut FILE --laps 3-5                 Into FILE_laps-3-5.acevo in the current folder
  acevo cut FILE --laps 2/best              The best lap of session 2
  acevo cut FILE --from best --to best -o best.acevo
  acevo cut FILE --from 12:30 --to 14:00 -o incident.acevo

Packets are copied unchanged, with their times. Laps are copied with the seconds before and after them, in which \
the game publishes when they began and what their times are. Existing files are never overwritten.

\
Laps: best (the fastest lap that counts), 3, 2/3 (lap 3 of session 2), 2/best, 3#2 (the second attempt at lap 3); lists and ranges, if \
several laps are taken: 1,4-6 or 2/1-3. If a number selects several laps, the error lists them with their sessions, attempts and times; so \
does best, if the recording has several cars or tracks.";

pub(super) const INFO: &str = "\
Examples:
  acevo info FILE            Game, car, track, sessions, laps, sizes
  acevo info FILE --check    Reads all of it: gaps, and exit code 1 where something cannot be read
  acevo laps FILE            The laps with sectors, fuel and so on

JSON: what the file tells of itself (description), bytes, start_us and end_us, records, lost, marks; \
times are microseconds since the recording began. names are those of the pages; found has sessions and laps of \
the pages, in the form of marks, if those are missing or wrong. --check adds damage, skipped (steps of physics that \
the game left out around pauses) and, in the order physics, graphics, static, the packets that were missed: \
packets, places, most (in a row), most_at_us.";

pub(super) const SERVE: &str = "\
Examples:
  acevo serve                  A page at http://127.0.0.1:7333/, for this computer only
  acevo serve --open           The same, opened in a browser
  acevo serve --lan            For phones and tablets, too; shows a code for their cameras
  acevo serve --lan --token-file ~/.acevo-token
                               With the same address each time
  acevo serve --demo           A simulated car
  acevo serve FILE --speed 2
  curl -s 'http://127.0.0.1:7333/api/snapshot?channels=speed,gear'

Overlays for OBS are at /overlay/NAME: inputs, delta, tyres, map, laps, gg, fuel, gear. Figures for \
Prometheus are at /metrics. What clients of your own may ask for is told in docs/web-api.md. With --lan \
everything needs the secret: OBS has it from the address, /overlay/NAME?token=...

The address is said on stderr and, alone on a line, on stdout where that is no terminal; with --lan the \
one for other computers is on the next line. Ctrl-C ends it.";

pub(super) const SIMULATE: &str = "\
Examples:
  acevo simulate                          A weekend; watch it in another terminal with `acevo`
  acevo simulate --scenario race --car road
  acevo simulate --scenario hot-laps --laps 3 --speed 10
  acevo simulate --scenario menu          A game that is in its menu
  acevo simulate --scenario restart       Timers go back without a lap; --help lists more such traps
  acevo simulate --track karsthafen --car hatch --game 0.6
  acevo simulate -o weekend.acevo         A recording of all of it, in seconds
  acevo simulate -o hour.acevo --scenario hot-laps --for 1h

Behaves as was measured on the real game; --variant chooses what is disputed. \
Ends with Ctrl-C, after --for, or when the last session is over: only hot-laps, pits and pause without --laps, \
and menu, never end. The pages are removed at the end. \
If a game or another simulator has the pages, nothing is overwritten: exit code 1.

With -o nothing is published. The file appears when it is complete; one that exists is not overwritten. The same \
options give the same pages at the same times. A scenario without an end is recorded for an hour.";
