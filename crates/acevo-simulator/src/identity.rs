//! Who drives a car: invented names, numbers and car models.

use std::fmt::Write as _;

use crate::noise::{Stream, generator};
use crate::options::{CarModel, GameVersion};

/// First name and surname of the player, as on the pages.
pub(crate) const PLAYER_NAME: [&str; 2] = ["Žofie", "Müldřansová"];
/// The surname of the player on the pages of EVO 0.6.2.
pub(crate) const PLAYER_SURNAME_0_6: &str = " ";
/// The first of the other drivers, whom the player watches in [`Scenario::Spectate`](crate::Scenario::Spectate).
pub(crate) const FIRST_RIVAL_NAME: [&str; 2] = ["Ana", "Petrović"];
/// The account number of the player. Those of the other humans follow.
const ACCOUNT: u64 = 76_500_000_000_000_001;

/// First names.
const FIRST_NAMES: [&str; 61] = [
    "Ailo", "Brisa", "Cosmin", "Delphine", "Eero", "Fiorella", "Gaspar", "Hedda", "Ilian", "Jorunn", "Kasimir",
    "Liora", "Matthis", "Nerea", "Oskari", "Perla", "Quentin", "Rosalie", "Stellan", "Tamsin", "Ulrik", "Verena",
    "Wendel", "Xenia", "Yorick", "Zelda", "Anselm", "Bettina", "Cyprian", "Dagny", "Emeric", "Friedel", "Gunvor",
    "Hjalmar", "Isaura", "Joris", "Kinga", "Leopold", "Maelle", "Nikolai", "Ottilie", "Pavel", "Ragnhild", "Severin",
    "Thekla", "Urban", "Vesna", "Wilma", "Aurel", "Zenobia", "Balduin", "Clemence", "Domenik", "Elowen", "Florin",
    "Gwenda", "Henrik", "Ingrid", "Jasper", "Katinka", "Lorens",
];
/// Surnames. The number is prime, so that every step visits all of them.
const SURNAMES: [&str; 61] = [
    "Aldercroft",
    "Baranek",
    "Castellane",
    "Dimovski",
    "Eskelund",
    "Farrowby",
    "Gallenti",
    "Hrubescu",
    "Ivarsen",
    "Jorviksen",
    "Kestrelov",
    "Lindquarn",
    "Marchetto",
    "Nygaardh",
    "Oyelarin",
    "Pellegrand",
    "Quillfeder",
    "Rostovar",
    "Sandoveral",
    "Thornquist",
    "Ulvestad",
    "Vandermolen",
    "Weatherlow",
    "Xanthis",
    "Yarrowby",
    "Zielonka",
    "Ashgrove",
    "Brambilli",
    "Corvellec",
    "Drummelow",
    "Elverstone",
    "Fenwright",
    "Grimaldez",
    "Havelkov",
    "Ingelbrecht",
    "Jablonik",
    "Kirkhollow",
    "Lavendier",
    "Montclare",
    "Norrlander",
    "Ostrovan",
    "Pinecroft",
    "Quarrington",
    "Ravenholt",
    "Silberbach",
    "Tamburelli",
    "Underhall",
    "Vasilescue",
    "Windermark",
    "Yellowlees",
    "Zamborin",
    "Abelgard",
    "Belleforge",
    "Cinderly",
    "Dovetree",
    "Ebersolt",
    "Foxmoore",
    "Glenholme",
    "Hartwell-Bo",
    "Iselgaard",
    "Juniperson",
];

/// A class of the other cars, from fast to slow.
#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) name: &'static str,
    models: &'static [&'static str],
    /// Share of the field that is in this class or in a faster one.
    until: f64,
    /// Speed of its first and its last car in the field scenario, as a factor of the player's target speed.
    pace: [f64; 2],
}

const CLASSES: [Class; 3] = [
    Class {
        name: "GT3",
        models: &["ks_velocita_gt3_r", "ks_falken_rs_gt3", "ks_tarvos_gt3_evo", "ks_meridian_v8_gt3"],
        until: 0.5,
        pace: [1.05, 0.985],
    },
    Class {
        name: "GT4",
        models: &["ks_corsaro_gt4", "ks_norvik_gt4", "ks_halden_gt4_clubsport"],
        until: 0.8,
        pace: [0.945, 0.91],
    },
    Class { name: "Cup", models: &["ks_piccolina_cup", "ks_lynxen_academy"], until: 1.0, pace: [0.795, 0.765] },
];

/// The class of one of the other cars, and its speed as a factor of the player's target speed.
pub(crate) fn class_of(index: usize, count: usize) -> (&'static Class, f64) {
    let share = (index as f64 + 0.5) / count.max(1) as f64;
    let mut from = 0.0;
    for class in &CLASSES {
        if share < class.until {
            let within = (share - from) / (class.until - from);
            return (class, class.pace[0] + (class.pace[1] - class.pace[0]) * within);
        }
        from = class.until;
    }
    (&CLASSES[0], 1.0)
}

/// A driver and a car.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Identity {
    pub(crate) first_name: &'static str,
    pub(crate) surname: &'static str,
    /// The account number of a human; three letters and an index for a computer driver.
    pub(crate) short_name: String,
    pub(crate) number: u32,
    pub(crate) model: &'static str,
    pub(crate) class: &'static str,
    pub(crate) is_ai: bool,
}

impl Identity {
    /// First name and surname.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.surname).trim_end().to_owned()
    }

    /// The player in this car, among `cars` cars.
    pub(crate) fn player(car: CarModel, game: GameVersion, cars: usize) -> Self {
        let [first_name, surname] = PLAYER_NAME;
        let (model, class) = match car {
            CarModel::Gt3 => ("ks_velocita_gt3_r", "GT3"),
            CarModel::Gt3Turbo => ("ks_falken_rs_gt3", "GT3"),
            CarModel::Road => ("ks_corsaro_30_turbo", "Road"),
            CarModel::Hatch => ("ks_piccolina_16_s", "Road"),
            CarModel::Electric => ("ks_aurel_e_sport", "Electric"),
            CarModel::ElectricCoupe => ("ks_aurel_e_gt", "Electric"),
        };
        Self {
            first_name,
            surname: if game == GameVersion::V0_6 { PLAYER_SURNAME_0_6 } else { surname },
            short_name: ACCOUNT.to_string(),
            number: cars as u32 + 1,
            model,
            class,
            is_ai: false,
        }
    }

    /// One of the `count` other drivers. Humans are online.
    pub(crate) fn rival(seed: u64, index: usize, count: usize, human: bool) -> Self {
        let mut random = generator(seed, Stream::Identity, u64::MAX);
        let mut pick = |names: &[&'static str]| {
            let (start, step) = (random.usize(..), random.usize(1..names.len()));
            names[(start % names.len() + index * step) % names.len()]
        };
        let (first_name, surname) = (pick(&FIRST_NAMES), pick(&SURNAMES));
        let [first_name, surname] = if index == 0 { FIRST_RIVAL_NAME } else { [first_name, surname] };
        let mut short_name: String = surname.chars().take(3).flat_map(char::to_uppercase).collect();
        if human {
            short_name = (ACCOUNT + 1 + index as u64).to_string();
        } else {
            let _ = write!(short_name, "{index}");
        }
        let mut random = generator(seed, Stream::Identity, index as u64);
        let (class, _) = class_of(index, count);
        // The game numbers computer drivers from 2. Humans choose their numbers; steps of 16 keep them different.
        let number = if human { 100 + 16 * index as u32 + random.u32(..16) } else { index as u32 + 2 };
        let model = class.models[random.usize(..class.models.len())];
        Self { first_name, surname, short_name, number, model, class: class.name, is_ai: !human }
    }
}
