import NIOCore
import Synchronization

/// Who is connected, and whether one more may be.
final class OpenConnections: Sendable {
  private struct Connection {
    let channel: any NIOCore.Channel
    /// Where it comes from, which a closed channel no longer says.
    let address: String
  }

  private struct State {
    var connections: [ObjectIdentifier: Connection] = [:]
    var isOver = false
  }

  private let state = Mutex(State())
  private let limits: ConnectionLimits

  init(_ limits: ConnectionLimits) { self.limits = limits }

  func enter(_ channel: any NIOCore.Channel) -> Bool {
    // Those without an address count as one.
    let address = channel.remoteAddress?.ipAddress ?? ""
    return state.withLock { state in
      let connections = state.connections.values
      guard !state.isOver, connections.count < limits.most,
        connections.count(where: { $0.address == address }) < limits.mostPerAddress
      else { return false }
      state.connections[ObjectIdentifier(channel)] = Connection(channel: channel, address: address)
      return true
    }
  }

  func leave(_ channel: any NIOCore.Channel) {
    state.withLock { $0.connections[ObjectIdentifier(channel)] = nil }
  }

  /// Hangs up on everybody, and on whoever comes after.
  func closeAll() {
    let channels = state.withLock { state in
      state.isOver = true
      return state.connections.values.map(\.channel)
    }
    for channel in channels { channel.close(promise: nil) }
  }
}
