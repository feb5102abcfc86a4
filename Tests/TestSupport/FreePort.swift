import Glibc
import Synchronization

/// A TCP port of the loopback that nobody used a moment ago, and that is handed out once.
///
/// It is none of those that the kernel gives to whoever asks for any (from 32768 on, ip(7)): a
/// connection that is made before the port is used may have one of those by then.
public func freePort() -> UInt16 {
  while true {
    let port = UInt16.random(in: 10_000..<32_000)
    if handedOut.withLock({ $0.insert(port).inserted }), isFree(port) { return port }
  }
}

private let handedOut = Mutex<Set<UInt16>>([])

private func isFree(_ port: UInt16) -> Bool {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = inet_addr("127.0.0.1")
  return withUnsafePointer(to: &address) { address in
    address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
}
