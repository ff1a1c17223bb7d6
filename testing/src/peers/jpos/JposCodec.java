import java.io.BufferedReader;
import java.io.InputStreamReader;
import org.jpos.iso.ISOMsg;
import org.jpos.iso.ISOUtil;
import org.jpos.iso.packager.ISO87APackager;
import org.jpos.iso.packager.ISO87BPackager;

/** Reads lines `dialect hex`; unpacks and packs each with jPOS; prints the packed bytes, the type and number=value in hex. */
public class JposCodec {
  public static void main(String[] args) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) System.out.println(answer(line.split(" ")));
  }

  private static String answer(String[] parts) {
    try {
      ISOMsg message = new ISOMsg();
      message.setPackager(parts[0].equals("ascii") ? new ISO87APackager() : new ISO87BPackager());
      byte[] bytes = ISOUtil.hex2byte(parts[1]);
      int consumed = message.unpack(bytes);
      StringBuilder line = new StringBuilder();
      for (int number = 2; number <= 128; number++) {
        if (message.hasField(number)) line.append(' ').append(number).append('=').append(ISOUtil.hexString(message.getBytes(number)));
      }
      if (consumed != bytes.length) return "error trailing bytes";
      return ISOUtil.hexString(message.pack()) + " " + message.getMTI() + line;
    } catch (Exception error) {
      return "error " + error.getMessage();
    }
  }
}
