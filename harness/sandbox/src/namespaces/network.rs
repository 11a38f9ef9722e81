//! The network of a sandbox: the loopback device and the sockets that the world answers on.

use std::io;
use std::mem::size_of_val;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::fd::OwnedFd;

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, ipproto, listen, recv, sendto,
    socket_with, sockopt,
};

use crate::Spec;
use crate::namespaces::control::MOST_DESCRIPTORS;
use crate::namespaces::step::{Denied, During, Step};

/// An address on the loopback device that is not a loopback address (TEST-NET-1, RFC 5737). It leads nowhere. Without one,
/// `getaddrinfo` with `AI_ADDRCONFIG` takes the host for one without a network and finds no name.
const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

/// The loopback device's index, the same in every network namespace.
const LOOPBACK: u32 = 1;

const DNS: u16 = 53;

/// The sockets of a sandbox.
#[derive(Debug)]
pub(crate) struct Sockets {
    pub(crate) dns: UdpSocket,
    /// DNS first.
    pub(crate) tcp: Vec<TcpListener>,
}

/// Brings the loopback device up.
pub(crate) fn bring_up() -> Result<(), Denied> {
    let line = socket_with(
        AddressFamily::NETLINK,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        None, // NETLINK_ROUTE is protocol 0
    )
    .during(Step::Loopback)?;
    ask(&line, &link_up()).during(Step::Loopback)?;
    ask(&line, &new_address()).during_at(Step::Loopback, ADDRESS)
}

/// Opens what the world is to answer on.
pub(crate) fn open(spec: &Spec) -> Result<Sockets, Denied> {
    let dns = (Ipv4Addr::LOCALHOST, DNS);
    let mut sockets = Sockets {
        dns: UdpSocket::bind(dns).during_at(Step::Listen, "53/udp")?,
        tcp: vec![listener(dns.into())?],
    };
    for &port in &spec.ports {
        sockets.tcp.push(listener((Ipv4Addr::LOCALHOST, port).into())?);
        // Where the kernel has no IPv6, the names have no such address either.
        sockets
            .tcp
            .extend(listener((Ipv6Addr::LOCALHOST, port).into()).ok());
    }
    for &address in &spec.others {
        sockets.tcp.push(listener(address.into())?);
    }
    if sockets.tcp.len() + 2 > MOST_DESCRIPTORS {
        return Err(io::ErrorKind::ArgumentListTooLong).during(Step::Listen);
    }
    Ok(sockets)
}

fn listener(address: SocketAddr) -> Result<TcpListener, Denied> {
    let open = || -> io::Result<TcpListener> {
        let family = match address {
            SocketAddr::V4(_) => AddressFamily::INET,
            SocketAddr::V6(_) => AddressFamily::INET6,
        };
        let socket = socket_with(
            family,
            SocketType::STREAM,
            SocketFlags::CLOEXEC,
            Some(ipproto::TCP),
        )?;
        sockopt::set_socket_reuseaddr(&socket, true)?;
        bind(&socket, &address)?;
        listen(&socket, 1024)?;
        Ok(socket.into())
    };
    open().during_at(Step::Listen, address)
}

/// `RTM_NEWLINK`: the loopback device goes up (`rtnetlink(7)`).
fn link_up() -> Vec<u8> {
    let up = u32::from(u16::try_from(libc::IFF_UP).unwrap_or(1));
    // struct ifinfomsg: family and padding, type, index, flags, which flags change
    let mut body = vec![0_u8; 4];
    for word in [LOOPBACK, up, up] {
        body.extend_from_slice(&word.to_ne_bytes());
    }
    message(libc::RTM_NEWLINK, 0, &body)
}

/// `RTM_NEWADDR`: one more address on the loopback device.
fn new_address() -> Vec<u8> {
    let create = u16::try_from(libc::NLM_F_CREATE | libc::NLM_F_EXCL).unwrap_or_default();
    let family = u8::try_from(libc::AF_INET).unwrap_or(2);
    // struct ifaddrmsg: family, length of the prefix, flags, scope, index
    let mut body = vec![family, 32, 0, 0];
    body.extend_from_slice(&LOOPBACK.to_ne_bytes());
    for kind in [libc::IFA_LOCAL, libc::IFA_ADDRESS] {
        // struct rtattr: length with this header, kind
        body.extend_from_slice(&8_u16.to_ne_bytes());
        body.extend_from_slice(&kind.to_ne_bytes());
        body.extend_from_slice(&ADDRESS.octets());
    }
    message(libc::RTM_NEWADDR, create, &body)
}

/// A netlink message that asks for an acknowledgement.
fn message(kind: u16, flags: u16, body: &[u8]) -> Vec<u8> {
    let wanted = u16::try_from(libc::NLM_F_REQUEST | libc::NLM_F_ACK).unwrap_or_default();
    // struct nlmsghdr: length, kind, flags, sequence number, sender
    let length = 16 + u32::try_from(body.len()).unwrap_or_default();
    let mut message = Vec::with_capacity(64);
    message.extend_from_slice(&length.to_ne_bytes());
    message.extend_from_slice(&kind.to_ne_bytes());
    message.extend_from_slice(&(wanted | flags).to_ne_bytes());
    message.extend_from_slice(&[0; 8]);
    message.extend_from_slice(body);
    message
}

/// Sends a message and waits for its acknowledgement.
fn ask(line: &OwnedFd, message: &[u8]) -> io::Result<()> {
    sendto(line, message, SendFlags::empty(), &SocketAddrNetlink::new(0, 0))?;
    let mut answer = [0_u8; 1024];
    let (length, _) = recv(line, &mut answer, RecvFlags::empty())?;
    // After the header: struct nlmsgerr, whose first word is 0 or a negative error number.
    let error = answer[..length]
        .get(16..16 + size_of_val(&0_i32))
        .and_then(|word| word.try_into().ok())
        .map(i32::from_ne_bytes)
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    match error {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(-error)),
    }
}
