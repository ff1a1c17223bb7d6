import java.util.concurrent.atomic.AtomicInteger;
import org.jpos.iso.ISOException;
import org.jpos.iso.ISOMsg;
import org.jpos.iso.ISOPackager;
import org.jpos.iso.ISORequestListener;
import org.jpos.iso.ISOServer;
import org.jpos.iso.ISOSource;
import org.jpos.iso.ISOUtil;
import org.jpos.iso.ServerChannel;
import org.jpos.iso.channel.NACChannel;
import org.jpos.iso.packager.ISO87APackager;
import org.jpos.iso.packager.ISO87BPackager;
import org.jpos.util.ThreadPool;

/**
 * An authorization host as any bank could have one: jPOS's own server, channel and packagers, and a listener that knows accounts and
 * amounts and nothing of wallets. Approves; declines with 51 above a million minor units; stays silent when the amount ends in 999.
 * Prints what it read, one line a message: the type, then number=value in hex.
 */
public class JposHost implements ISORequestListener {
  private static final AtomicInteger approvals = new AtomicInteger(700_000);

  public static void main(String[] args) throws Exception {
    ISOPackager packager = args[0].equals("ascii") ? new ISO87APackager() : new ISO87BPackager();
    ServerChannel channel = new NACChannel(packager, null);
    ISOServer server = new ISOServer(Integer.parseInt(args[1]), channel, new ThreadPool(1, 100));
    server.addISORequestListener(new JposHost());
    new Thread(server).start();
    System.out.println("ready");
    // Ends with the test that started it.
    while (System.in.read() >= 0) { }
    System.exit(0);
  }

  @Override
  public boolean process(ISOSource source, ISOMsg message) {
    try {
      print(message);
      if (!message.isRequest()) return true;
      String responseCode = decide(message);
      if (responseCode == null) return true;
      ISOMsg response = (ISOMsg) message.clone();
      response.setResponseMTI();
      response.set(39, responseCode);
      if (message.getMTI().equals("0200") && responseCode.equals("00")) response.set(38, String.valueOf(approvals.incrementAndGet()));
      source.send(response);
    } catch (Exception error) {
      System.out.println("error " + error);
    }
    return true;
  }

  private static String decide(ISOMsg message) throws ISOException {
    if (!message.getMTI().equals("0200")) return "00";
    long amount = Long.parseLong(message.getString(4));
    if (amount % 1_000 == 999) return null;
    return amount > 1_000_000 ? "51" : "00";
  }

  private static synchronized void print(ISOMsg message) throws ISOException {
    StringBuilder line = new StringBuilder(message.getMTI());
    for (int number = 2; number <= 128; number++) {
      if (message.hasField(number)) line.append(' ').append(number).append('=').append(ISOUtil.hexString(message.getBytes(number)));
    }
    System.out.println(line);
  }
}
