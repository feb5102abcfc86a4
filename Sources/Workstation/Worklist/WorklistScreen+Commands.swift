import Radiology
import Terminal

extension WorklistScreen {
  /// The keys of the list and of its filter line.
  static let commands: [Command] = [
    Command(
      "open-study", [.enter], "open", help: "Open the selected study", in: [.worklist],
      unless: nothingSelected
    ) { workstation, _ in
      workstation.worklist.selectedRow.map { workstation.open($0) } ?? []
    },
    Command(
      "mark", [.character(" ")], "mark", help: "Mark the study and go to the next one",
      in: [.worklist], unless: nothingSelected
    ) { workstation, _ in
      workstation.worklist.toggleMark()
      workstation.moveCursor(by: 1)
      return []
    },
    Command(
      "filter", [.character("/")], "filter",
      help: "Filter as you type: class:suspicious p>0.3 state:unread modality:dx age>60 words",
      in: [.worklist], argument: "FILTER"
    ) { workstation, call in
      guard call.argument.isEmpty else { return workstation.filter(call.argument) }
      workstation.worklist.beginFiltering(now: workstation.now)
      return []
    },
    Command(
      "sort", [.character("s")], "sort",
      help: "Sort by triage order, priority and age, waiting time, probability or patient, in turn",
      in: [.worklist], argument: WorklistSort.allCases.map(\.rawValue).joined(separator: "|")
    ) { workstation, call in
      workstation.sort(by: WorklistSort(rawValue: call.argument))
      return []
    },
    Command(
      "move",
      Direction.keys.filter { ![.left, .right].contains(Direction(Command.Call(key: $0))) },
      "", help: "Move down and up", in: [.worklist], keyText: "j k ↓ ↑", argument: "up|down"
    ) { workstation, call in
      workstation.moveCursor(by: Int(Direction(call)?.step.y ?? 0))
      return []
    },
    Command(
      "page-down", [.pageDown, .control("d")], "", help: "Move down a page", in: [.worklist]
    ) { workstation, _ in
      workstation.moveCursor(by: max(1, workstation.worklistLayout.lines - 1))
      return []
    },
    Command(
      "page-up", [.pageUp, .control("u")], "", help: "Move up a page", in: [.worklist]
    ) { workstation, _ in
      workstation.moveCursor(by: -max(1, workstation.worklistLayout.lines - 1))
      return []
    },
    Command(
      "mark-all", [.character("*")], "", help: "Mark all studies shown, or none", in: [.worklist],
      unless: {
        $0.worklist.count > $0.worklist.shown.count
          ? "it would mark \($0.worklist.count) studies; a filter makes them fewer than "
            + "\(WorklistPage.length)" : nothingSelected($0)
      }
    ) { workstation, _ in
      workstation.worklist.toggleAllMarks()
      return []
    },
    Command(
      "import", [], "", help: "Take in DICOM files, PNG files or a folder of them",
      in: [], argument: "PATH", isGlobal: true,
      unless: { $0.options.obstacle(.takeIn) }
    ) { workstation, call in
      guard !call.argument.isEmpty else {
        workstation.notices.hint = "Say what: :import PATH"
        return []
      }
      return [.importFiles(path: call.argument)]
    },
    Command(
      "complete-filter", [.tab], "complete", help: "Go on with the word as far as it is clear",
      in: [.filter],
      unless: {
        WorklistFilter.completions(of: $0.worklist.filterLine.text).isEmpty
          ? "nothing is known that begins so" : nil
      }
    ) { workstation, _ in
      let text = WorklistFilter.completed(workstation.worklist.filterLine.text)
      workstation.worklist.setFilter(TextLine(text), now: workstation.now)
      workstation.revealCursor()
      return []
    },
    Command(
      "apply-filter", [.enter, .down], "keep filter",
      help: "Keep the filter and go back to the list", in: [.filter]
    ) { workstation, _ in
      workstation.worklist.isFiltering = false
      return workstation.saveScreen()
    },
    Command(
      "clear-filter", [.escape], "clear filter", help: "Show all studies again", in: [.filter]
    ) { workstation, _ in
      workstation.worklist.isFiltering = false
      return workstation.filter("")
    },
  ]

  private static let nothingSelected: @Sendable (Workstation) -> String? = {
    $0.worklist.selectedRow == nil ? "there is no study here" : nil
  }
}

extension Workstation {
  var worklistLayout: WorklistScreen.Layout { .init(body(of: bounds)) }

  mutating func moveCursor(by steps: Int) {
    worklist.move(by: steps)
    revealCursor()
  }

  mutating func revealCursor() { worklist.scroll(height: worklistLayout.lines) }

  /// Sorts by what was asked for, or by what comes after the order there is.
  fileprivate mutating func sort(by wanted: WorklistSort?) {
    guard wanted?.tellsTheAnswer != true || !readsFirst else {
      notices.hint =
        "That order tells the model's answer, which is hidden until you call; "
        + "\(keymap.key("read-first")) shows it"
      return
    }
    var sort = wanted ?? worklist.order.next
    while readsFirst, sort.tellsTheAnswer { sort = sort.next }
    worklist.setSort(sort, now: now)
    revealCursor()
    notices.hint = "Sorted by \(sort.word)"
  }

  /// Sorts as the title of a column says that was clicked on.
  mutating func sort(by column: WorklistColumn) -> [Effect] {
    notices.hint = nil
    if let sort = column.sort {
      self.sort(by: sort)
    } else if !column.title.isEmpty {
      notices.hint =
        "The list has no order by \(column.title.lowercased()); a click on Class, Priority, "
        + "Patient, p or Waiting sorts"
    }
    return []
  }

  mutating func filter(_ text: String) -> [Effect] {
    worklist.setFilter(TextLine(text), now: now)
    revealCursor()
    return saveScreen()
  }

  /// Signed studies that an export would write: the open one, else the marked, else the selected.
  var exportable: [Study.ID] {
    if let study, place != .worklist { return study.isSigned ? [study.id] : [] }
    let rows =
      worklist.markedRows.isEmpty
      ? worklist.selectedRow.map { [$0] } ?? [] : worklist.markedRows
    return rows.filter(\.state.isSigned).map(\.id)
  }
}
