//! Real databases: VictoriaMetrics and InfluxDB 1.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use acevo_testkit::client::{Response, Server, free_port};
use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{Running, Signal, output, spawn_silent};
use acevo_testkit::wait::until;
use serde_json::Value;
use tempfile::TempDir;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    VictoriaMetrics,
    InfluxDb,
}

/// The name of the database in InfluxDB, and of its administrator.
const NAME: &str = "acevo";

/// A running database.
pub(super) struct Database {
    pub(super) kind: Kind,
    folder: TempDir,
    port: u16,
    running: Running,
}

impl Database {
    /// Starts a database. `None` if it is not installed, which is reported.
    pub(super) fn start(kind: Kind) -> Option<Self> {
        Self::start_with(kind, false)
    }

    /// InfluxDB that wants users and passwords.
    pub(super) fn start_guarded() -> Option<Self> {
        Self::start_with(Kind::InfluxDb, true)
    }

    fn start_with(kind: Kind, is_guarded: bool) -> Option<Self> {
        let (program, package) = match kind {
            Kind::VictoriaMetrics => ("/usr/bin/victoria-metrics", "victoria-metrics"),
            Kind::InfluxDb => ("/usr/bin/influxd", "influxdb"),
        };
        if !Path::new(program).exists() {
            left_out(format_args!("{package} is not installed"));
            return None;
        }
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        if kind == Kind::InfluxDb {
            let default = output(Command::new(program).arg("config").env("HOME", folder.path())).stdout;
            let path = folder.path().display().to_string();
            let text = default
                .replace("\":8086\"", &format!("\"127.0.0.1:{port}\""))
                .replace("auth-enabled = false", &format!("auth-enabled = {is_guarded}"))
                .replace("127.0.0.1:8088", &format!("127.0.0.1:{}", free_port()))
                .replace("/var/lib/influxdb", &path)
                .replace(&format!("{path}/.influxdb"), &path);
            assert!(text.contains(&format!("127.0.0.1:{port}")) && text.contains(&format!("dir = \"{path}/data\"")));
            fs::write(folder.path().join("influxdb.conf"), text).unwrap();
        }
        let running = run(kind, folder.path(), port);
        let database = Self { kind, folder, port, running };
        database.until_it_answers();
        if kind == Kind::InfluxDb {
            let created = database.post("/query", "q=CREATE+DATABASE+acevo");
            assert!([200, 403].contains(&created.status), "{created:?}");
        }
        Some(database)
    }

    fn server(&self) -> Server {
        Server::new(&format!("http://127.0.0.1:{}/", self.port))
    }

    fn until_it_answers(&self) {
        let path = if self.kind == Kind::InfluxDb { "/ping" } else { "/health" };
        let is_up = || std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok();
        until(|| is_up() && self.server().get(path).status < 300);
    }

    /// Where lines are written to.
    pub(super) fn url(&self) -> String {
        let path = if self.kind == Kind::InfluxDb { "write?db=acevo" } else { "write" };
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// Ends it. InfluxDB is killed, as by a crash; VictoriaMetrics is asked to end, because a kill makes it lose what it has acknowledged in the
    /// last seconds.
    pub(super) fn end(&mut self) {
        match self.kind {
            Kind::InfluxDb => drop(self.running.kill()),
            Kind::VictoriaMetrics => {
                self.running.signal(Signal::INT);
                self.running.wait_for_exit();
            }
        }
    }

    pub(super) fn restart(&mut self) {
        self.running = run(self.kind, self.folder.path(), self.port);
        self.until_it_answers();
    }

    /// Stops it in the middle of its work: it holds its connections, but answers nothing.
    pub(super) fn suspend(&self) {
        self.running.signal(Signal::STOP);
    }

    pub(super) fn resume(&self) {
        self.running.signal(Signal::CONT);
    }

    /// Sends a form, or lines.
    pub(super) fn post(&self, path: &str, body: &str) -> Response {
        let host = format!("127.0.0.1:{}", self.port);
        let headers = [("Host", host.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        self.server().send_with("POST", path, &headers, body)
    }

    fn json(&self, path: &str, fields: &[(&str, &str)]) -> Result<Value, String> {
        let form: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
        let answer = self.post(path, &form.join("&"));
        if answer.status != 200 {
            return Err(format!("{} {}", answer.status, answer.body));
        }
        serde_json::from_str(&answer.body).map_err(|error| format!("{error} in {}", answer.body))
    }

    /// Makes VictoriaMetrics show what it has got.
    fn flush(&self) {
        if self.kind == Kind::VictoriaMetrics {
            assert_eq!(self.server().get("/internal/force_flush").status, 200);
        }
    }

    /// The rows of an InfluxQL query: tags and columns by their names.
    pub(super) fn influxql(&self, query: &str) -> Result<Vec<BTreeMap<String, Value>>, String> {
        let answer = self.json("/query", &[("db", NAME), ("epoch", "ms"), ("q", query)])?;
        let result = &answer["results"][0];
        if let Some(error) = result["error"].as_str() {
            return Err(error.to_owned());
        }
        let mut rows = vec![];
        for series in result["series"].as_array().into_iter().flatten() {
            let columns: Vec<_> =
                series["columns"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            for values in series["values"].as_array().unwrap() {
                let tags =
                    series["tags"].as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone()));
                let values = values.as_array().unwrap().iter().cloned();
                rows.push(tags.chain(columns.iter().map(|name| (*name).to_owned()).zip(values)).collect());
            }
        }
        Ok(rows)
    }

    /// The values of a MetricsQL query, now or at steps of ten seconds in the last hour.
    pub(super) fn metricsql(&self, query: &str, is_instant: bool) -> Result<Vec<f64>, String> {
        self.flush();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let (start, end) = ((now - 3600).to_string(), (now + 1).to_string());
        let answer = match is_instant {
            true => self.json("/api/v1/query", &[("query", query), ("time", &end)])?,
            false => {
                let fields = [("query", query), ("start", &start), ("end", &end), ("step", "10s")];
                self.json("/api/v1/query_range", &fields)?
            }
        };
        let number = |value: &Value| value[1].as_str().and_then(|text| text.parse().ok());
        let series = answer["data"]["result"].as_array().cloned().unwrap_or_default();
        let values = series.iter().flat_map(|series| match is_instant {
            true => vec![series["value"].clone()],
            false => series["values"].as_array().cloned().unwrap_or_default(),
        });
        Ok(values.filter_map(|value| number(&value)).collect())
    }

    /// The values of a label of VictoriaMetrics among the series of a metric.
    pub(super) fn label_values(&self, label: &str, metric: &str) -> Vec<Value> {
        self.flush();
        let answer = self.json(&format!("/api/v1/label/{label}/values"), &[("match[]", metric)]).unwrap();
        answer["data"].as_array().cloned().unwrap_or_default()
    }

    /// Fields of all points of a measurement, by the tag `session` and the time.
    fn points(&self, measurement: &str, fields: &[&str]) -> BTreeMap<(String, u64), BTreeMap<String, f64>> {
        let mut points: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        let number = |value: &Value| value.as_f64().or_else(|| value.as_bool().map(f64::from));
        match self.kind {
            Kind::InfluxDb => {
                let query = format!("SELECT {} FROM {measurement} GROUP BY session", fields.join(","));
                for row in self.influxql(&query).unwrap() {
                    let key = (row["session"].as_str().unwrap().to_owned(), row["time"].as_u64().unwrap());
                    let values = fields.iter().filter_map(|field| Some(((*field).to_owned(), number(&row[*field])?)));
                    points.entry(key).or_default().extend(values);
                }
            }
            Kind::VictoriaMetrics => {
                self.flush();
                for field in fields {
                    let lines = self.post("/api/v1/export", &format!("match[]={measurement}_{field}")).body;
                    for line in lines.lines() {
                        let series: Value = serde_json::from_str(line).unwrap();
                        let session = series["metric"]["session"].as_str().unwrap_or_default();
                        let times = series["timestamps"].as_array().unwrap().iter();
                        for (time, value) in times.zip(series["values"].as_array().unwrap()) {
                            let key = (session.to_owned(), time.as_u64().unwrap());
                            points
                                .entry(key)
                                .or_default()
                                .extend(number(value).map(|value| ((*field).to_owned(), value)));
                        }
                    }
                }
            }
        }
        points
    }

    /// The times of complete laps by session and number, milliseconds.
    pub(super) fn laps(&self) -> BTreeMap<(String, u64), u64> {
        let points = self.points("laps", &["number", "time_ms", "complete"]);
        let complete = points.into_iter().filter(|(_, fields)| fields.get("complete") == Some(&1.0));
        // A field may be visible before the others of its point.
        let known = complete.filter_map(|((session, _), fields)| {
            Some(((session, *fields.get("number")? as u64), *fields.get("time_ms")? as u64))
        });
        known.collect()
    }

    /// The times of points of a measurement that have a field, oldest first.
    pub(super) fn times(&self, measurement: &str, field: &str) -> Vec<u64> {
        let mut times: Vec<_> = self.points(measurement, &[field]).into_keys().map(|(_, time)| time).collect();
        times.sort_unstable();
        times
    }
}

fn run(kind: Kind, folder: &Path, port: u16) -> Running {
    let mut command = match kind {
        Kind::VictoriaMetrics => {
            let mut command = Command::new("/usr/bin/victoria-metrics");
            command.arg(format!("-storageDataPath={}", folder.join("data").display()));
            command.arg(format!("-httpListenAddr=127.0.0.1:{port}"));
            // As docs/influx.md recommends.
            command.args(["-dedup.minScrapeInterval=1ms", "-search.latencyOffset=1s", "-search.disableCache"]);
            command
        }
        Kind::InfluxDb => {
            let mut command = Command::new("/usr/bin/influxd");
            command.arg("-config").arg(folder.join("influxdb.conf")).env("HOME", folder);
            command
        }
    };
    spawn_silent(command.stderr(Stdio::null()))
}

fn percent_encoded(text: &str) -> String {
    let encoded = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(encoded).collect()
}
