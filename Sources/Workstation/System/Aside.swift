import Foundation
import Radiology

/// A screen beside the reading: each is reached by `g` and a letter and left by `q`.
enum Aside: Sendable, Hashable, CaseIterable {
  case system, sync, log, clinician

  var place: Place {
    switch self {
    case .system: .system
    case .sync: .sync
    case .log: .log
    case .clinician: .clinician
    }
  }

  var screen: ScreenState.Screen {
    switch self {
    case .system: .system
    case .sync: .sync
    case .log: .log
    case .clinician: .clinician
    }
  }

  init?(_ screen: ScreenState.Screen?) {
    guard let match = Self.allCases.first(where: { $0.screen == screen }) else { return nil }
    self = match
  }
}

extension Aside {
  /// What somebody comes for who does not read studies; none for readers, and where there are no
  /// roles.
  init?(firstFor rights: Rights) {
    guard !rights.roles.contains(.reader) else { return nil }
    if rights.roles.contains(.admin) {
      self = .system
    } else if rights.roles.contains(.clinician) {
      self = .clinician
    } else {
      return nil
    }
  }
}

extension Workstation {
  mutating func goAside(_ screen: Aside) -> [Effect] {
    leaveOverlays()
    aside = screen
    system = SystemScreen()
    return asideEffects + flush()
  }

  /// What a screen beside the reading needs to be read when one comes to it.
  var asideEffects: [Effect] {
    mutating get {
      switch aside {
      case nil, .clinician: []
      case .system, .sync: [.loadStatus]
      case .log: [.loadLog(log.jump(to: .newest))]
      }
    }
  }

  /// When the screen has to be read anew; an agent that died changes nothing that could tell.
  var asideDue: Date? {
    switch aside {
    case nil, .clinician: nil
    case .system, .sync: max(status.asOf ?? .distantPast, asideAsked ?? .distantPast) + 10
    case .log: log.isFollowing ? (asideAsked ?? .distantPast) + 2 : nil
    }
  }

  mutating func loadDueAside() -> [Effect] {
    guard let due = asideDue, now >= due else { return [] }
    asideAsked = now
    guard aside == .log else { return [.loadStatus] }
    return log.follow().map { [.loadLog($0)] } ?? []
  }
}
