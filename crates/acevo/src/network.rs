//! Listening, and the network addresses of this computer, sorted by how likely a phone can reach them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

use anyhow::anyhow;
use sysinfo::Networks;

/// Addresses in the usual private networks. Nothing is sent to them: the system only reports which of its own addresses it would use.
/// The first one is reserved for documentation and represents the internet.
const DESTINATIONS: [Ipv4Addr; 4] = [
    Ipv4Addr::new(192, 0, 2, 1),
    Ipv4Addr::new(192, 168, 255, 254),
    Ipv4Addr::new(10, 255, 255, 254),
    Ipv4Addr::new(172, 31, 255, 254),
];

/// Parts of the names of virtual interfaces, which phones cannot reach: virtual machines, containers, tunnels.
const VIRTUAL: [&str; 26] = [
    "docker",
    "podman",
    "veth",
    "virbr",
    "lxc",
    "lxd",
    "cni",
    "flannel",
    "vmnet",
    "vmware",
    "vbox",
    "virtualbox",
    "hyper-v",
    "vethernet",
    "wsl",
    "tun",
    "tap",
    "wg",
    "wireguard",
    "vpn",
    "ppp",
    "tailscale",
    "zerotier",
    "hamachi",
    "nordlynx",
    "ipsec",
];

/// Listens on an address, which this option changes.
///
/// # Errors
/// Why it cannot, and what to do.
pub(crate) fn bind(address: SocketAddr, option: &str) -> anyhow::Result<TcpListener> {
    let port = address.port();
    TcpListener::bind(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!(
            "port {port} is taken, perhaps by another acevo: stop that one, or choose another port with {option}; port 0 is any free port"
        ),
        io::ErrorKind::PermissionDenied => {
            anyhow!("port {port} needs administrator rights: choose a port above 1023 with {option}")
        }
        _ => anyhow!("cannot listen on {address}: {error}"),
    })
}

/// The IPv4 addresses of this computer, the one that other computers can most likely reach first. Empty without a network.
pub(crate) fn addresses() -> Vec<Ipv4Addr> {
    let networks = Networks::new_with_refreshed_list();
    let interfaces = networks.iter().flat_map(|(name, network)| {
        let addresses = network.ip_networks().iter().filter_map(|network| match network.addr {
            IpAddr::V4(address) => Some(address),
            IpAddr::V6(_) => None,
        });
        addresses.map(|address| (name.clone(), address))
    });
    sorted(interfaces.collect(), &routed())
}

/// The addresses from which the system would send, by its routes.
fn routed() -> Vec<Ipv4Addr> {
    let address_to = |destination: &Ipv4Addr| {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        socket.connect((*destination, 9)).ok()?;
        match socket.local_addr().ok()?.ip() {
            IpAddr::V4(address) => Some(address),
            IpAddr::V6(_) => None,
        }
    };
    DESTINATIONS.iter().filter_map(address_to).collect()
}

/// Sorts addresses: private addresses of real interfaces first, then their other addresses, then virtual interfaces. Equal ones are in the
/// order of the system's routes.
fn sorted(interfaces: Vec<(String, Ipv4Addr)>, routed: &[Ipv4Addr]) -> Vec<Ipv4Addr> {
    let unnamed = routed.iter().filter(|address| interfaces.iter().all(|(_, other)| other != *address));
    let unnamed: Vec<_> = unnamed.map(|address| (String::new(), *address)).collect();
    let mut interfaces: Vec<_> = interfaces.into_iter().chain(unnamed).collect();
    interfaces.retain(|(_, address)| !address.is_loopback() && !address.is_unspecified());
    interfaces.sort_by_key(|(name, address)| {
        let route = routed.iter().position(|routed| routed == address).unwrap_or(routed.len());
        (rank(name, *address), route, name.clone(), *address)
    });
    let mut addresses: Vec<_> = interfaces.into_iter().map(|(_, address)| address).collect();
    let mut snapshot = std::collections::HashSet::new();
    addresses.retain(|address| snapshot.insert(*address));
    addresses
}

/// The rank of an address: a phone more likely reaches one with a lower rank.
fn rank(name: &str, address: Ipv4Addr) -> u8 {
    let name = name.to_lowercase();
    let is_virtual = name.starts_with("br-") || VIRTUAL.iter().any(|part| name.contains(part));
    let [first, second, ..] = address.octets();
    // Used by internet providers and by overlay networks.
    let is_shared = first == 100 && (64..128).contains(&second);
    match () {
        () if address.is_link_local() => 3,
        () if is_virtual || is_shared => 2,
        () if address.is_private() => 0,
        () => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(interfaces: &[(&str, [u8; 4])], routed: &[[u8; 4]]) -> Vec<[u8; 4]> {
        let interfaces = interfaces.iter().map(|(name, address)| ((*name).to_owned(), Ipv4Addr::from(*address)));
        let routed: Vec<_> = routed.iter().map(|address| Ipv4Addr::from(*address)).collect();
        sorted(interfaces.collect(), &routed).into_iter().map(|address| address.octets()).collect()
    }

    const LAN: [u8; 4] = [192, 168, 1, 20];

    #[test]
    fn sorted_puts_private_networks_before_tunnels_and_containers() {
        let interfaces = [
            ("docker0", [172, 17, 0, 1]),
            ("br-1f2e", [172, 18, 0, 1]),
            ("tun0", [10, 8, 0, 2]),
            ("tailscale0", [100, 101, 2, 3]),
            ("lo", [127, 0, 0, 1]),
            ("enp3s0", LAN),
            ("wlan0", [169, 254, 3, 4]),
        ];
        // The default route is that of the tunnel.
        let order = order(&interfaces, &[[10, 8, 0, 2], LAN]);
        assert_eq!(order[..2], [LAN, [10, 8, 0, 2]]);
        assert_eq!((order.len(), order.last()), (6, Some(&[169, 254, 3, 4])));
    }

    #[test]
    fn sorted_knows_virtual_interfaces_of_windows() {
        let interfaces = [
            ("vEthernet (Default Switch)", [172, 20, 0, 1]),
            ("VirtualBox Host-Only Network", [192, 168, 56, 1]),
            ("Ethernet", LAN),
        ];
        assert_eq!(order(&interfaces, &[])[0], LAN);
    }

    #[test]
    fn sorted_follows_the_routes_among_equal_interfaces() {
        let interfaces = [("eth0", [10, 0, 0, 5]), ("eth1", LAN)];
        assert_eq!(order(&interfaces, &[LAN]), [LAN, [10, 0, 0, 5]]);
        assert_eq!(order(&interfaces, &[[10, 0, 0, 5]]), [[10, 0, 0, 5], LAN]);
    }

    #[test]
    fn sorted_adds_addresses_known_only_from_routes() {
        assert_eq!(order(&[], &[LAN, LAN]), [LAN]);
        assert!(order(&[("lo", [127, 0, 0, 1])], &[]).is_empty());
    }
}
