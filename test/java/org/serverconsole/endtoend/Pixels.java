package org.serverconsole.endtoend;

import com.microsoft.playwright.Page;
import java.util.List;
import java.util.Map;

/** Looks at the pictures a page has drawn. */
final class Pixels {

    private Pixels() { }

    /** Waits until one of those canvases shows a colour, given as red, green and blue; lossy pictures come near it only. */
    static void await(Page tab, String canvases, List<Integer> colour) {
        tab.waitForFunction("""
                ({canvases, colour}) => [...document.querySelectorAll(canvases)].some(canvas => {
                  if (!canvas.width || !canvas.height)
                    return false;
                  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                  for (let i = 0; i < data.length; i += 4)
                    if (data[i + 3] === 255 && colour.every((part, j) => Math.abs(data[i + j] - part) <= 12))
                      return true;
                  return false;
                })""", Map.of("canvases", canvases, "colour", colour));
    }
}
