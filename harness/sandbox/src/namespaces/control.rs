//! The line between the sandbox's maker and its first process: a socket that carries messages and descriptors.
//!
//! Its end is the sandbox's end: when the maker's side is closed, be it by a crash, everything inside is ended.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut, Read, Seek, Write};
use std::mem::MaybeUninit;
use std::net::{TcpListener, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};

use rustix::process::Signal;

use crate::namespaces::fields::{Reader, Writer};
use crate::namespaces::step::{Denied, Step};

/// The sockets on which a sandbox's world is to answer. Close them when the job has ended: they keep its network alive.
#[derive(Debug)]
pub struct Listeners {
    /// DNS over UDP, at 127.0.0.1.
    pub dns: UdpSocket,
    /// DNS over TCP, at 127.0.0.1.
    pub dns_over_tcp: TcpListener,
    /// Every port and address that was asked for.
    pub tcp: Vec<TcpListener>,
}

/// A program to run in a sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The executable, as a path inside.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Its whole environment; nothing is inherited.
    pub environment: Vec<(OsString, OsString)>,
    /// Its working directory, as a path inside.
    pub directory: PathBuf,
}

/// How a program in a sandbox ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this status.
    Code(i32),
    /// By this signal; that of a stopped program is `SIGKILL`.
    Signal(i32),
    /// It was ended because all processes together used more memory than allowed.
    OverMemory,
    /// It was ended because there were more processes than allowed.
    OverProcesses,
}

/// What the sandbox's first process tells its maker.
#[derive(Debug)]
pub enum Event {
    /// The sandbox is there.
    Ready {
        /// The world's sockets.
        listeners: Listeners,
        /// The directory of all work directories, which the maker may use while the sandbox is there, and after.
        builds: OwnedFd,
    },
    /// There will be no sandbox.
    Denied(Denied),
    /// The program has ended, and so has all that it had started.
    Ended(Ending),
    /// The program could not be started.
    NotStarted(io::Error),
    /// The sandbox is gone.
    Gone,
}

/// What its maker tells the first process.
#[derive(Debug)]
pub(crate) enum Command {
    /// Run this.
    Run {
        order: Order,
        stdin: OwnedFd,
        stdout: OwnedFd,
        stderr: OwnedFd,
    },
    /// End the program.
    Stop,
    /// Pass a signal on to the program.
    Signal(Signal),
    /// The maker is gone.
    End,
}

/// One end of the line.
#[derive(Debug)]
pub struct Control(OwnedFd);

/// The most descriptors in one message (`SCM_MAX_FD` is 253).
pub(crate) const MOST_DESCRIPTORS: usize = 250;

const LONGEST_MESSAGE: usize = 4096;

impl Control {
    pub(crate) fn pair() -> io::Result<(Control, Control)> {
        let (ours, theirs) = socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        )?;
        Ok((Control(ours), Control(theirs)))
    }

    pub(crate) fn from_descriptor(descriptor: OwnedFd) -> Control {
        Control(descriptor)
    }

    pub(crate) fn into_descriptor(self) -> OwnedFd {
        self.0
    }

    /// Has the sandbox run a program with these three standard streams. One at a time: wait for [`Event::Ended`] before the
    /// next.
    ///
    /// # Errors
    /// Where the sandbox is gone.
    pub fn run(
        &self,
        order: &Order,
        stdin: impl AsFd,
        stdout: impl AsFd,
        stderr: impl AsFd,
    ) -> io::Result<()> {
        let text = in_memory("order", &order.encode())?;
        let streams = [text.as_fd(), stdin.as_fd(), stdout.as_fd(), stderr.as_fd()];
        self.send(b"R", &streams)
    }

    /// Ends the program that runs, and all that it has started; [`Event::Ended`] follows.
    ///
    /// # Errors
    /// Where the sandbox is gone.
    pub fn stop(&self) -> io::Result<()> {
        self.send(b"S", &[])
    }

    /// Sends a signal to the program that runs, and to it alone.
    ///
    /// # Errors
    /// Where the sandbox is gone.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        let mut writer = Writer::default();
        writer.number(u64::from(signal.as_raw().unsigned_abs()));
        self.send(&[b"K".as_slice(), &writer.end()].concat(), &[])
    }

    /// What the sandbox has to tell, if there is anything already. [`Event::Gone`] is the last.
    ///
    /// # Errors
    /// `WouldBlock` where there is nothing yet.
    pub fn try_receive(&self) -> io::Result<Event> {
        let (message, descriptors) = self.receive(RecvFlags::DONTWAIT)?;
        Event::decode(&message, descriptors)
    }

    /// Waits for what the sandbox has to tell.
    ///
    /// # Errors
    /// What the system says.
    pub fn wait(&self) -> io::Result<Event> {
        let (message, descriptors) = self.receive(RecvFlags::empty())?;
        Event::decode(&message, descriptors)
    }

    pub(crate) fn command(&self) -> io::Result<Command> {
        let (message, descriptors) = self.receive(RecvFlags::empty())?;
        match message.first() {
            None => Ok(Command::End),
            Some(b'S') => Ok(Command::Stop),
            Some(b'K') => {
                let number = Reader::new(&message[1..]).number()?;
                let signal = i32::try_from(number).ok().and_then(Signal::from_named_raw);
                Ok(Command::Signal(signal.ok_or(io::ErrorKind::InvalidData)?))
            }
            Some(_) => {
                let [order, stdin, stdout, stderr] = <[OwnedFd; 4]>::try_from(descriptors)
                    .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
                let mut text = Vec::new();
                File::from(order).read_to_end(&mut text)?;
                Ok(Command::Run {
                    order: Order::decode(&text)?,
                    stdin,
                    stdout,
                    stderr,
                })
            }
        }
    }

    pub(crate) fn ready(
        &self,
        builds: BorrowedFd<'_>,
        dns: &UdpSocket,
        tcp: &[TcpListener],
    ) -> io::Result<()> {
        let descriptors: Vec<BorrowedFd<'_>> = [builds, dns.as_fd()]
            .into_iter()
            .chain(tcp.iter().map(AsFd::as_fd))
            .collect();
        self.send(b"+", &descriptors)
    }

    pub(crate) fn denied(&self, denied: &Denied) -> io::Result<()> {
        let mut writer = Writer::default();
        writer.number(denied.step as u64);
        writer.number(os_error(&denied.error));
        let place = &denied.place.as_bytes()[..denied.place.len().min(LONGEST_MESSAGE / 2)];
        writer.bytes(place);
        self.send(&[b"D".as_slice(), &writer.end()].concat(), &[])
    }

    pub(crate) fn ended(&self, ending: Ending) -> io::Result<()> {
        let mut writer = Writer::default();
        let (kind, number) = match ending {
            Ending::Code(code) => (0, code),
            Ending::Signal(signal) => (1, signal),
            Ending::OverMemory => (2, 0),
            Ending::OverProcesses => (3, 0),
        };
        writer.number(kind);
        writer.number(u64::from(number.unsigned_abs()));
        self.send(&[b"E".as_slice(), &writer.end()].concat(), &[])
    }

    pub(crate) fn not_started(&self, error: &io::Error) -> io::Result<()> {
        let mut writer = Writer::default();
        writer.number(os_error(error));
        self.send(&[b"N".as_slice(), &writer.end()].concat(), &[])
    }

    fn send(&self, message: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        if !descriptors.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(descriptors)) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // NOSIGNAL: an end that is gone is an error here, not the death of this process.
        sendmsg(
            &self.0,
            &[IoSlice::new(message)],
            &mut ancillary,
            SendFlags::NOSIGNAL,
        )?;
        Ok(())
    }

    /// One message; an empty one where the other end is closed.
    fn receive(&self, flags: RecvFlags) -> io::Result<(Vec<u8>, Vec<OwnedFd>)> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let mut message = vec![0_u8; LONGEST_MESSAGE];
        let received = loop {
            let into = &mut [IoSliceMut::new(&mut message)];
            match recvmsg(&self.0, into, &mut ancillary, flags | RecvFlags::CMSG_CLOEXEC) {
                Err(rustix::io::Errno::INTR) => {}
                // The other end was closed while it had not read all yet.
                Err(rustix::io::Errno::CONNRESET) => return Ok((Vec::new(), Vec::new())),
                received => break received?,
            }
        };
        message.truncate(received.bytes);
        let descriptors = ancillary
            .drain()
            .filter_map(|part| match part {
                RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
                _ => None,
            })
            .flatten()
            .collect();
        Ok((message, descriptors))
    }
}

impl AsFd for Control {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl std::os::fd::AsRawFd for Control {
    fn as_raw_fd(&self) -> std::os::fd::RawFd {
        self.0.as_raw_fd()
    }
}

impl Order {
    fn encode(&self) -> Vec<u8> {
        use std::os::unix::ffi::OsStrExt;
        let mut writer = Writer::default();
        writer.path(&self.program);
        writer.list(&self.arguments, |writer, text| writer.bytes(text.as_bytes()));
        writer.list(&self.environment, |writer, (name, value)| {
            writer.bytes(name.as_bytes());
            writer.bytes(value.as_bytes());
        });
        writer.path(&self.directory);
        writer.end()
    }

    fn decode(bytes: &[u8]) -> io::Result<Order> {
        let mut reader = Reader::new(bytes);
        let reader = &mut reader;
        Ok(Order {
            program: reader.path()?,
            arguments: reader.list(Reader::text)?,
            environment: reader.list(|reader| Ok((reader.text()?, reader.text()?)))?,
            directory: reader.path()?,
        })
    }
}

impl Event {
    fn decode(message: &[u8], descriptors: Vec<OwnedFd>) -> io::Result<Event> {
        let Some((kind, rest)) = message.split_first() else {
            return Ok(Event::Gone);
        };
        let mut reader = Reader::new(rest);
        Ok(match kind {
            b'+' => {
                let mut descriptors = descriptors.into_iter();
                let mut next = || {
                    descriptors
                        .next()
                        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
                };
                let builds = next()?;
                let dns = UdpSocket::from(next()?);
                let dns_over_tcp = TcpListener::from(next()?);
                Event::Ready {
                    builds,
                    listeners: Listeners {
                        dns,
                        dns_over_tcp,
                        tcp: descriptors.map(TcpListener::from).collect(),
                    },
                }
            }
            b'D' => Event::Denied(Denied {
                step: Step::from_number(reader.number()?).ok_or(io::ErrorKind::InvalidData)?,
                error: from_os_error(reader.number()?),
                place: reader.text()?.to_string_lossy().into_owned(),
            }),
            b'E' => {
                let kind = reader.number()?;
                let number = i32::try_from(reader.number()?).map_err(io::Error::other)?;
                Event::Ended(match kind {
                    0 => Ending::Code(number),
                    1 => Ending::Signal(number),
                    2 => Ending::OverMemory,
                    _ => Ending::OverProcesses,
                })
            }
            _ => Event::NotStarted(from_os_error(reader.number()?)),
        })
    }
}

/// A file that is nowhere but in memory, to be read from its beginning.
pub(crate) fn in_memory(name: &str, content: &[u8]) -> io::Result<File> {
    let mut file = File::from(memfd_create(name, MemfdFlags::CLOEXEC)?);
    file.write_all(content)?;
    file.rewind()?;
    Ok(file)
}

fn os_error(error: &io::Error) -> u64 {
    error
        .raw_os_error()
        .and_then(|number| u64::try_from(number).ok())
        .unwrap_or_default()
}

fn from_os_error(number: u64) -> io::Error {
    match i32::try_from(number) {
        Ok(number @ 1..) => io::Error::from_raw_os_error(number),
        _ => io::Error::other("unexpected content"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_arrives_with_its_streams() {
        let (maker, first) = Control::pair().unwrap();
        let order = Order {
            program: "/bin/sh".into(),
            arguments: vec!["-c".into(), "x".repeat(300_000).into()],
            environment: vec![("A".into(), "b c".into())],
            directory: "/".into(),
        };
        let input = in_memory("input", b"hello").unwrap();
        maker.run(&order, &input, &input, &input).unwrap();
        let Command::Run {
            order: seen, stdin, ..
        } = first.command().unwrap()
        else {
            panic!("no order")
        };
        assert_eq!(seen, order);
        let mut text = String::new();
        File::from(stdin).read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello");
    }

    #[rstest::rstest]
    #[case(Ending::Code(0))]
    #[case(Ending::Code(255))]
    #[case(Ending::Signal(9))]
    #[case(Ending::OverMemory)]
    #[case(Ending::OverProcesses)]
    fn an_ending_arrives(#[case] ending: Ending) {
        let (maker, first) = Control::pair().unwrap();
        assert_eq!(maker.try_receive().unwrap_err().kind(), io::ErrorKind::WouldBlock);
        first.ended(ending).unwrap();
        assert!(matches!(maker.wait().unwrap(), Event::Ended(seen) if seen == ending));
    }

    #[test]
    fn a_denial_names_step_and_place() {
        let (maker, first) = Control::pair().unwrap();
        let denied = Denied {
            step: Step::Bind,
            place: "/usr".to_owned(),
            error: io::Error::from_raw_os_error(1),
        };
        first.denied(&denied).unwrap();
        let Event::Denied(seen) = maker.wait().unwrap() else {
            panic!("no denial")
        };
        assert_eq!(seen.to_string(), denied.to_string());
    }

    #[test]
    fn a_closed_end_is_seen() {
        let (maker, first) = Control::pair().unwrap();
        maker.signal(Signal::HUP).unwrap();
        assert!(matches!(first.command().unwrap(), Command::Signal(Signal::HUP)));
        maker.stop().unwrap();
        assert!(matches!(first.command().unwrap(), Command::Stop));
        drop(maker);
        assert!(matches!(first.command().unwrap(), Command::End));
    }
}
