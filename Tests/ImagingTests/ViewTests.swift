import Imaging
import Testing

@Suite struct ViewTests {
  /// Black, with one white pixel.
  private func dot(column: Int, row: Int) -> GreyImage {
    var values = [Float](repeating: 0, count: 100)
    values[row * 10 + column] = 255
    return GreyImage(columns: 10, rows: 10, values: values)
  }

  private let window = Window.spanning(0, 255)

  @Test("at its own size an image is shown pixel by pixel")
  func identity() {
    let raster = render(dot(column: 3, row: 7), View(window: window), width: 10, height: 10)
    #expect(raster.firstIndex(of: 255) == 73)
    #expect(raster.count { $0 != 0 } == 1)
  }

  @Test("inversion exchanges black and white, and MONOCHROME1 is bright where values are small")
  func inversion() {
    let image = GreyImage(columns: 1, rows: 1, values: [0])
    let negative = GreyImage(columns: 1, rows: 1, values: [0], isInverted: true)
    let straight = View(window: window)
    let inverted = View(window: window, isInverted: true)
    #expect(render(image, straight, width: 1, height: 1) == [0])
    #expect(render(image, inverted, width: 1, height: 1) == [255])
    #expect(render(negative, straight, width: 1, height: 1) == [255])
    #expect(render(negative, inverted, width: 1, height: 1) == [0])
  }

  @Test("around the image it is black, even where the view is inverted")
  func surroundings() {
    let image = GreyImage(columns: 2, rows: 4, values: Array(repeating: 0, count: 8))
    let view = View(window: window, isInverted: true)
    #expect(render(image, view, width: 4, height: 4) == Array([0, 255, 255, 0].repeated(4)))
  }

  @Test("tall raster pixels do not change the image's shape")
  func aspect() {
    let image = GreyImage(columns: 4, rows: 4, values: Array(repeating: 255, count: 16))
    let raster = render(image, View(window: window), width: 8, height: 2, pixelAspect: 2)
    #expect(raster == Array([0, 0, 255, 255, 255, 255, 0, 0].repeated(2)))
  }

  @Test("a place lands on the raster and comes back, and the image's pixel is drawn there")
  func projection() {
    var view = View(window: window)
    view.zoom = 4
    view.centerX = 0.35
    view.centerY = 0.75
    let place = Projection(
      columns: 10, rows: 10, view: view, width: 40, height: 20, pixelAspect: 2)
    let centre = place.raster(x: 3.5, y: 7.5)
    #expect(abs(centre.x - 20) < 1e-9 && abs(centre.y - 10) < 1e-9)
    let back = place.image(x: centre.x, y: centre.y)
    #expect(abs(back.x - 3.5) < 1e-9 && abs(back.y - 7.5) < 1e-9)
    let raster = render(
      dot(column: 3, row: 7), view, width: 40, height: 20, pixelAspect: 2)
    #expect(raster[10 * 40 + 20] > 200)
  }

  @Test("zoom and centre stay where there is something to see")
  func limits() {
    var view = View(window: window)
    view.zoom = 1e9
    view.centerX = -3
    view.centerY = 7
    #expect(view.zoom == 64 && view.centerX == 0 && view.centerY == 1)
    #expect(render(dot(column: 0, row: 0), view, width: 0, height: 5).isEmpty)
  }

  @Test("the percentile window leaves out outliers and padding")
  func percentiles() {
    var values = (0..<1000).map { Float($0) }
    values[0] = -100_000
    let image = GreyImage(columns: 1000, rows: 1, values: values, padding: -100_000)
    let window = image.percentileWindow(0.1, 0.9)
    #expect(abs(window.center - 500) < 2)
    #expect(abs(window.width - 800) < 3)
    let flat = GreyImage(columns: 2, rows: 1, values: [5, 5])
    #expect(flat.percentileWindow(0.01, 0.99).width == 1)
  }
}

extension Array {
  fileprivate func repeated(_ count: Int) -> FlattenSequence<Repeated<[Element]>> {
    repeatElement(self, count: count).joined()
  }
}
