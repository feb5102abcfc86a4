import Radiology
import Terminal

extension WorklistScreen {
  /// The keys and names of the views.
  static let viewCommands: [Command] = [
    Command(
      "view", (1...9).map { .character(Character("\($0)")) }, "views",
      help: "Views: 1 all, 2 mine, 3 suspicious, 4 normal with a region, 5 ruled out, "
        + "6 not judged, 7 second look, 8 signed today, 9 and on your own",
      in: [.worklist], keyText: "1–9", argument: "NAME"
    ) { workstation, call in
      let views = workstation.views
      if case .character(let digit)? = call.key, let number = digit.wholeNumberValue {
        guard views.indices.contains(number - 1) else {
          workstation.notices.hint = "There is no view \(number); :save-view NAME keeps this one"
          return []
        }
        return workstation.show(views[number - 1])
      }
      let wanted = call.argument.lowercased()
      guard let view = views.first(where: { $0.name.lowercased().hasPrefix(wanted) }),
        !wanted.isEmpty
      else {
        workstation.notices.hint = "Views: \(views.map(\.name).joined(separator: ", "))"
        return []
      }
      return workstation.show(view)
    },
    Command(
      "save-view", [], "", help: "Keep this filter and order as a view of your own",
      in: [.worklist], argument: "NAME",
      unless: { $0.worklist.complaint == nil ? nil : "the filter cannot be understood" }
    ) { workstation, call in
      let name = call.argument
      guard !name.isEmpty, !workstation.standardViews.contains(where: { $0.name == name }) else {
        workstation.notices.hint = "Say a name of its own: :save-view NAME"
        return []
      }
      workstation.ownViews.removeAll { $0.name == name }
      workstation.ownViews.append(
        WorklistView(name, workstation.worklist.filterLine.text, sort: workstation.worklist.sort))
      let number = workstation.views.count
      let key = number < 10 ? "\(number) or " : ""
      workstation.notices.hint = "Kept as \(sanitized(name)): \(key):view \(sanitized(name))"
      return workstation.saveScreen()
    },
    Command(
      "forget-view", [], "", help: "Forget a view of your own", in: [.worklist], argument: "NAME",
      unless: { $0.ownViews.isEmpty ? "there is none of your own" : nil }
    ) { workstation, call in
      let before = workstation.ownViews.count
      workstation.ownViews.removeAll { $0.name == call.argument }
      let names = workstation.ownViews.map { sanitized($0.name) }.joined(separator: ", ")
      workstation.notices.hint =
        workstation.ownViews.count < before ? "It is forgotten" : "Say which: \(names)"
      return workstation.saveScreen()
    },
  ]
}

extension Workstation {
  var standardViews: [WorklistView] { WorklistView.all(for: options.reader) }
  var views: [WorklistView] { standardViews + ownViews }

  fileprivate mutating func show(_ view: WorklistView) -> [Effect] {
    if readsFirst, (try? WorklistFilter(parsing: view.filter))?.tellsTheAnswer == true {
      notices.hint =
        "\(sanitized(view.name)) tells the model's answer, which is hidden until you call; "
        + "\(keymap.key("read-first")) shows it"
      return []
    }
    worklist.setSort(view.sort, now: now)
    let effects = filter(view.filter)
    notices.hint = "View: \(sanitized(view.name))"
    return effects
  }
}
