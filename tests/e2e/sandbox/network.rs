//! A job's network: the mocks, and nothing else.

use std::io::{Read, Write};
use std::net::{TcpListener, ToSocketAddrs};

use super::{Who, can_be, has, run, succeeds};

#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn the_worlds_names_answer_over_tls(#[case] who: Who) {
    if !can_be(who) || !has("curl") {
        return;
    }
    succeeds(
        who,
        "curl -fsS https://gitlab.com/.well-known/openid-configuration | grep -F '\"issuer\":\"https://gitlab.com\"'\n\
         for host in sts.amazonaws.com sts.us-gov-west-1.amazonaws.com sts.cn-north-1.amazonaws.com.cn sts.eu-west-1.api.aws; do\n\
         \x20 curl -sS \"https://$host/?Action=GetCallerIdentity&Version=2011-06-15\" | grep -F '<Code>'\n\
         done\n\
         curl -sS http://gitlab.com/.well-known/openid-configuration -o /dev/null -w '%{http_code}\\n'",
    );
}

#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn there_is_no_way_out(#[case] who: Who) {
    if !can_be(who) || !has("curl") {
        return;
    }
    // Addresses: refused at once, for there is no route. Metadata services too, so that no SDK waits for them.
    succeeds(
        who,
        "for address in 1.1.1.1 169.254.169.254 169.254.170.2 '[fd00:ec2::254]' '[2606:4700:4700::1111]'; do\n\
         \x20 begun=$(date +%s%N)\n\
         \x20 if curl -sS -m 5 http://$address/ 2>error; then exit 1; fi\n\
         \x20 cat error; grep -F 'Failed to connect' error\n\
         \x20 test $(( ($(date +%s%N) - begun) / 1000000 )) -lt 2500\n\
         done\n\
         test $(wc -l </proc/net/route) -eq 1",
    );
}

#[rstest::rstest]
#[case::root(Who::Me)]
#[case::user(Who::Nobody)]
fn no_other_name_exists_and_the_attempt_is_journalled(#[case] who: Who) {
    if !can_be(who) || !has("curl") {
        return;
    }
    let done = run(
        who,
        "curl -sS https://registry-1.docker.io/v2/",
        "  job: failed\n  exit_code: 6\n  output: { contains: Could not resolve host }\n  journal: { refused: registry-1.docker.io, times: 1 }\n",
    );
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn a_self_managed_gitlab_answers_at_its_port_and_path() {
    if !has("curl") {
        return;
    }
    let directory = super::open_directory();
    let script = "curl -fsS https://gitlab.example.org:8443/git/.well-known/openid-configuration";
    let text = super::of_script(script, "  job: success\n").replace(
        "url: https://gitlab.com,",
        "url: https://gitlab.example.org:8443/git,",
    );
    trustcheck_tests::write(directory.path(), "port.yml", &text);
    let done = super::trustcheck(Who::Me, directory.path())
        .args(["run", "--executor", "sandbox", "port.yml"])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

/// `getaddrinfo` with `AI_ADDRCONFIG` asks whether the host has an address that is not a loopback address.
#[test]
fn a_host_without_a_network_still_finds_names() {
    if !has("python3") {
        return;
    }
    succeeds(
        Who::Me,
        "python3 - <<'END'\n\
         import socket\n\
         found = socket.getaddrinfo('sts.amazonaws.com', 443, socket.AF_INET, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG)\n\
         assert [entry[4][0] for entry in found] == ['127.0.0.1'], found\n\
         END",
    );
}

/// musl's resolver gives a name up whose IPv6 address is answered with "no such name".
#[test]
fn an_ipv6_address_is_absent_and_not_an_error() {
    if !has("python3") {
        return;
    }
    succeeds(
        Who::Me,
        "python3 - <<'END'\n\
         import socket, struct\n\
         def ask(name, kind, over_tcp=False):\n\
         \x20   question = b''.join(bytes([len(part)]) + part.encode() for part in name.split('.')) + b'\\0' + struct.pack('>HH', kind, 1)\n\
         \x20   message = struct.pack('>HHHHHH', 7, 256, 1, 0, 0, 0) + question\n\
         \x20   if over_tcp:\n\
         \x20       line = socket.create_connection(('127.0.0.1', 53))\n\
         \x20       line.sendall(struct.pack('>H', len(message)) + message)\n\
         \x20       answer = line.recv(4096)[2:]\n\
         \x20   else:\n\
         \x20       line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
         \x20       line.sendto(message, ('127.0.0.1', 53))\n\
         \x20       answer = line.recv(4096)\n\
         \x20   return answer[3] & 15, struct.unpack('>H', answer[6:8])[0]\n\
         assert ask('gitlab.com', 1) == (0, 1)\n\
         assert ask('gitlab.com', 28) == (0, 0)\n\
         assert ask('gitlab.com', 1, over_tcp=True) == (0, 1)\n\
         assert ask('example.org', 28) == (3, 0)\n\
         END",
    );
}

/// One host outside may be reached where the scenario says so, at its ports, and no other.
#[test]
fn an_allowed_host_can_be_reached_and_no_other() {
    if !has("curl") {
        return;
    }
    // This host by the name that it has for itself; in the sandbox that name is another's.
    let uname = rustix::system::uname();
    let name = uname.nodename().to_string_lossy().to_lowercase();
    let Some(listener) = (name.as_str(), 0)
        .to_socket_addrs()
        .ok()
        .and_then(|mut addresses| addresses.find_map(|address| TcpListener::bind(address).ok()))
    else {
        return super::skip("this host has no address for its own name");
    };
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 1024];
        let length = stream.read(&mut request).unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\noutside")
            .unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let directory = super::open_directory();
    let script = format!(
        "test \"$(curl -fsS -m 30 http://{name}:{port}/)\" = outside\n\
         if curl -sS -m 5 http://{name}:1/; then exit 1; fi\n\
         if curl -sS -m 5 http://example.org/; then exit 1; fi\n\
         curl -fsS https://gitlab.com/oauth/discovery/keys"
    );
    let text = super::of_script(&script, "  job: success\n  journal: { refused: example.org }\n");
    let text = format!("{text}allow: [\"{name}:{port}\"]\n");
    trustcheck_tests::write(directory.path(), "allow.yml", &text);
    let done = super::trustcheck(Who::Me, directory.path())
        .args(["run", "allow.yml"])
        .run();
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(server.join().unwrap().starts_with("GET / HTTP/1.1"));
    let done = super::trustcheck(Who::Me, directory.path())
        .args(["run", "--executor", "host", "allow.yml"])
        .run();
    assert!(
        done.stdout.contains("needs the sandbox executor"),
        "{}",
        done.stdout
    );
}

#[test]
fn a_job_may_serve_on_any_port() {
    if !has("python3") {
        return;
    }
    succeeds(
        Who::Me,
        "python3 -c 'import socket; socket.create_server((\"127.0.0.1\", 25))'",
    );
}
