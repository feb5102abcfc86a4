import Radiology
import Terminal

extension ClinicianScreen {
  static let commands: [Command] =
    [
      Command(
        "go-clinician", [.character("c")], "reports",
        help: "Find a patient and read signed reports", in: [.go], isGlobal: true
      ) { workstation, _ in workstation.goAside(.clinician) },
      Command(
        "read-report", [.enter], "read", help: "Read the signed report", in: [.finding],
        unless: { $0.clinician.obstacle }
      ) { workstation, _ in workstation.clinician.read() },
      Command("find-down", [.down, .control("n")], "", help: "The next study", in: [.finding]) {
        workstation, _ in
        workstation.clinician.move(by: 1)
        return []
      },
      Command("find-up", [.up, .control("p")], "", help: "The study before", in: [.finding]) {
        workstation, _ in
        workstation.clinician.move(by: -1)
        return []
      },
      Command(
        "leave-finding", [.escape], "clear, back", help: "Clear the words, then go back",
        in: [.finding]
      ) { workstation, _ in
        if !workstation.clinician.line.text.isEmpty {
          return workstation.find(TextLine())
        }
        workstation.clinician.give()
        workstation.aside = nil
        return workstation.saveScreen()
      },
      Command(
        "report-scroll",
        Direction.keys.filter { ![.left, .right].contains(Direction(Command.Call(key: $0))) },
        "scroll", help: "Down and up in the report", in: [.clinician], keyText: "↓↑",
        argument: "up|down"
      ) { workstation, call in
        workstation.scrollReport(by: Int(Direction(call)?.step.y ?? 1))
      },
      Command(
        "report-page-down", [.pageDown, .control("d"), .character(" ")], "", help: "Down a page",
        in: [.clinician]
      ) { workstation, _ in workstation.scrollReport(by: 10) },
      Command("report-page-up", [.pageUp, .control("u")], "", help: "Up a page", in: [.clinician]) {
        workstation, _ in workstation.scrollReport(by: -10)
      },
      Command(
        "key-image", [.tab], "picture", help: "The key image, or the words again",
        in: [.clinician],
        unless: { $0.clinician.viewer == nil ? "the report has no image" : nil }
      ) { workstation, _ in
        workstation.clinician.showsPicture.toggle()
        return []
      },
      Command(
        "next-key-image", [.character("n")], "", help: "The next image of the report",
        in: [.clinician],
        unless: { ($0.clinician.viewer?.open.instances.count ?? 0) < 2 ? "there is one only" : nil }
      ) { workstation, _ in workstation.pageKeyImage() },
    ] + exports

  /// One key for each form that a report can leave in, in the order of the forms; the bar of keys
  /// has room for the first two beside the way back.
  private static let exports: [Command] = ExportFormat.allCases.enumerated().prefix(9).map {
    index, format in
    Command(
      "take-\(format.rawValue)", [.character(Character("\(index + 1)"))],
      index < 2 ? format.rawValue : "", help: "Write to a file: \(format.title)", in: [.clinician],
      unless: { workstation in
        workstation.options.obstacle(.export)
          ?? (workstation.clinician.report?.found.standing == .preliminary
            ? "a preliminary report is not exported" : nil)
      }
    ) { workstation, _ in
      guard let report = workstation.clinician.report else { return [] }
      return [.export(report.found.id, format)]
    }
  }
}

extension Workstation {
  /// Types into the search; the store is asked with every change.
  mutating func find(_ line: TextLine) -> [Effect] {
    clinician.search(line).map { [$0] } ?? []
  }

  mutating func take(_ answer: PatientSearch) -> [Effect] {
    notices.mend(.background("find"))
    clinician.take(answer)
    return []
  }

  mutating func take(_ report: ClinicalReport) -> [Effect] {
    notices.mend(.background("report"))
    clinician.take(report)
    return clinician.viewer?.wantedImage() ?? []
  }

  mutating func noteExport(of id: Study.ID, to path: String) -> [Effect] {
    clinician.noteExport(of: id, to: path)
    // Where the whole path has no room, the folder is what one needs to find it.
    let folder = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
    let words = ["Exported to \(sanitized(path))", "Exported into \(sanitized(String(folder)))"]
    return tell(words.first { cellWidth(of: $0) <= footerRoom } ?? words[1])
  }

  mutating func scrollReport(by lines: Int) -> [Effect] {
    let count = clinicalLines.count
    let height = max(1, ClinicianScreen.Layout(body(of: bounds)).words.height - 2)
    clinician.first = min(max(0, clinician.first + lines), max(0, count - height))
    return []
  }

  mutating func pageKeyImage() -> [Effect] {
    guard var viewer = clinician.viewer else { return [] }
    viewer.imageIndex = (viewer.imageIndex + 1) % max(1, viewer.open.instances.count)
    let effects = viewer.wantedImage()
    clinician.viewer = viewer
    return effects
  }
}
