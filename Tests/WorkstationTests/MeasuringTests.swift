import Imaging
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Values and distances")
struct MeasuringTests {
  /// With an image of 100 by 100 values that count its pixels, and an oblong pixel.
  private func opened(
    _ spacing: GreyImage.Spacing?, unit: String? = nil, isReadOnly: Bool = false
  ) -> Workstation {
    var workstation = Workstation.onStudy(Fixture.options(isReadOnly: isReadOnly))
    let values = (0..<10_000).map { Float($0) }
    _ = workstation.update(
      .imageLoaded(
        "1.2.2.1",
        GreyImage(columns: 100, rows: 100, values: values, spacing: spacing, unit: unit)))
    return workstation
  }

  @Test("the cross tells row, column and value, with the unit where there is one")
  func value() {
    var workstation = opened(nil, unit: "HU")
    workstation.type("d")
    #expect(workstation.place == .measuring)
    #expect(workstation.screen().contains("MEASURE row 51 column 51: 5050 HU"))
    #expect(!opened(nil).screen().contains("HU"))
  }

  @Test(
    "a distance is in millimetres of the spacing it says, or in pixels",
    arguments: [
      (GreyImage.Spacing(row: 0.4, column: 0.3), "M1: 5.0 mm (Pixel Spacing)."),
      (
        GreyImage.Spacing(row: 0.4, column: 0.3, isOfImager: true),
        "M1: 5.0 mm at the detector (Imager Pixel Spacing)."
      ),
      (nil, "M1: 14 px; the image states no pixel spacing."),
    ] as [(GreyImage.Spacing?, String)])
  func distance(spacing: GreyImage.Spacing?, sentence: String) throws {
    var workstation = opened(spacing)
    workstation.type("d")
    workstation.study?.mode = .measuring(.init(x: 30, y: 30, corner: .init(x: 20, y: 20)))
    let effects = workstation.press(.enter)
    guard case .saveReview(let review)? = effects.first else {
      Issue.record("a distance is kept at once")
      return
    }
    #expect(review.measurements.map(\.sentence) == [sentence])
    _ = workstation.press(.escape)
    #expect(workstation.screen().contains(" M1 \(review.measurements[0].lengthWords) "))
  }

  @Test("a ruler is laid with the keys or the mouse, and taken back like any decision")
  func laid() {
    var workstation = opened(GreyImage.Spacing(row: 0.5, column: 0.5))
    workstation.type("d")
    _ = workstation.press(.enter)
    workstation.type("LL")
    #expect(workstation.study?.work.review.measurements.isEmpty == true)
    _ = workstation.press(.enter)
    #expect(workstation.study?.work.review.measurements.count == 1)
    for (kind, x) in [(MouseEvent.Kind.press, 20), (.drag, 30), (.release, 30)] {
      _ = workstation.update(.input(.mouse(MouseEvent(kind: kind, button: .left, x: x, y: 12))))
    }
    #expect(workstation.study?.work.review.measurements.map(\.name) == ["M1", "M2"])
    _ = workstation.press(.escape)
    workstation.type("u")
    #expect(workstation.study?.work.review.measurements.map(\.name) == ["M1"])
    workstation.type("D")
    #expect(workstation.study?.work.review.measurements.isEmpty == true)
    workstation.type("u")
    #expect(workstation.study?.work.review.measurements.map(\.name) == ["M1"])
  }

  @Test("whoever may not decide can measure, and nothing is kept")
  func readOnly() {
    var workstation = opened(GreyImage.Spacing(row: 0.5, column: 0.5), isReadOnly: true)
    workstation.type("d")
    _ = workstation.press(.enter)
    workstation.type("LL")
    let effects = workstation.press(.enter)
    #expect(effects.isEmpty)
    #expect(workstation.notices.hint?.contains("not kept: this session is read-only") == true)
    #expect(workstation.study?.work.review.measurements.isEmpty == true)
  }

  @Test("a ruler belongs to its image: paging ends it, and it is drawn on that image only")
  func ofItsImage() {
    var workstation = Workstation.onStudy(images: 2)
    workstation.type("d")
    _ = workstation.press(.enter)
    workstation.type("LL")
    _ = workstation.press(.enter)
    #expect(workstation.study?.rulers.count == 1)
    workstation.type(".")
    #expect(workstation.place == .image)
    #expect(workstation.study?.rulers.isEmpty == true)
  }

  @Test("the bar along the lower edge is a round length, and says whose millimetres they are")
  func scaleBar() {
    #expect(opened(GreyImage.Spacing(row: 0.5, column: 0.5)).screen().contains("┤ 1 cm"))
    #expect(
      opened(GreyImage.Spacing(row: 0.5, column: 0.5, isOfImager: true)).screen()
        .contains("┤ 1 cm at detector"))
    #expect(opened(nil).screen().contains("┤ 20 px"))
  }
}
