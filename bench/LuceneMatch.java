import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.*;
import org.apache.lucene.index.*;
import org.apache.lucene.index.memory.MemoryIndex;
import org.apache.lucene.search.*;
import org.apache.lucene.store.ByteBuffersDirectory;

/** Lucene on the matcher's task: argument a folder with posts, queries (postfix, U+0001, anchors) and a sample. */
public class LuceneMatch {
  static Query parse(String text) {
    Deque<Query> stack = new ArrayDeque<>();
    for (String part : text.split("\t")) {
      String rest = part.substring(2);
      switch (part.charAt(0)) {
        case 'T': stack.push(new TermQuery(new Term("t", rest))); break;
        case 'P': stack.push(new PrefixQuery(new Term("t", rest))); break;
        case 'H': {
          PhraseQuery.Builder phrase = new PhraseQuery.Builder();
          for (String word : rest.split(" ")) phrase.add(new Term("t", word));
          stack.push(phrase.build());
          break;
        }
        case 'N': stack.push(new BooleanQuery.Builder().add(stack.pop(), BooleanClause.Occur.MUST_NOT).build()); break;
        default: {
          BooleanQuery.Builder all = new BooleanQuery.Builder();
          for (int i = Integer.parseInt(rest); i > 0; i--) {
            Query one = stack.pop();
            boolean not = one instanceof BooleanQuery && ((BooleanQuery) one).clauses().size() == 1
                && ((BooleanQuery) one).clauses().get(0).getOccur() == BooleanClause.Occur.MUST_NOT;
            if (not) all.add(((BooleanQuery) one).clauses().get(0).getQuery(), BooleanClause.Occur.MUST_NOT);
            else all.add(one, part.charAt(0) == 'A' ? BooleanClause.Occur.FILTER : BooleanClause.Occur.SHOULD);
          }
          stack.push(all.build());
        }
      }
    }
    return stack.pop();
  }

  static double cpu() { return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9; }

  public static void main(String[] arguments) throws Exception {
    Path folder = Paths.get(arguments[0]);
    BooleanQuery.setMaxClauseCount(1 << 20);
    Analyzer words = new WhitespaceAnalyzer();
    List<String> posts = Files.readAllLines(folder.resolve("posts"), StandardCharsets.UTF_8);
    List<Query> queries = new ArrayList<>();
    Map<String, int[]> anchored = new HashMap<>();
    Map<String, int[]> prefixes = new HashMap<>();
    TreeSet<Integer> lengths = new TreeSet<>();
    for (String line : Files.readAllLines(folder.resolve("queries"), StandardCharsets.UTF_8)) {
      String[] parts = line.split("\u0001");
      for (String key : parts[1].split(" ")) {
        boolean prefix = key.endsWith("*");
        String text = prefix ? key.substring(0, key.length() - 1) : key;
        if (prefix) lengths.add(text.length());
        int number = queries.size();
        (prefix ? prefixes : anchored).merge(text, new int[] {number}, (a, b) -> {
          int[] both = Arrays.copyOf(a, a.length + 1);
          both[a.length] = b[0];
          return both;
        });
      }
      queries.add(parse(parts[0]));
    }
    double rate = 0;
    int heard = Math.min(posts.size(), queries.size() > 20000 ? 2000 : 5000);
    for (int round = 0; round < 2; round++) { // the second, once compiled
      double start = cpu();
      int[] asked = new int[queries.size()];
      MemoryIndex index = new MemoryIndex(true);
      for (int p = 0; p < heard; p++) {
        index.reset();
        index.addField("t", posts.get(p), words);
        IndexSearcher searcher = index.createSearcher();
        searcher.setQueryCache(null);
        for (String word : new HashSet<>(Arrays.asList(posts.get(p).split(" ")))) {
          ask(anchored.get(word), asked, p + 1, queries, searcher);
          for (int length : lengths)
            if (word.length() >= length) ask(prefixes.get(word.substring(0, length)), asked, p + 1, queries, searcher);
        }
      }
      rate = heard / (cpu() - start);
    }
    double start = cpu();
    ByteBuffersDirectory memory = new ByteBuffersDirectory();
    try (IndexWriter writer = new IndexWriter(memory, new IndexWriterConfig(words))) {
      for (String post : posts) {
        Document document = new Document();
        document.add(new TextField("t", post, Field.Store.NO));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
    double indexed = cpu() - start;
    IndexSearcher searcher = new IndexSearcher(DirectoryReader.open(memory));
    searcher.setQueryCache(null);
    String[] sample = new String(Files.readAllBytes(folder.resolve("sample"))).split(" ");
    for (String number : sample) searcher.count(queries.get(Integer.parseInt(number)));
    start = cpu();
    long hits = 0;
    for (String number : sample) hits += searcher.count(queries.get(Integer.parseInt(number)));
    double ran = cpu() - start;
    try (PrintWriter out = new PrintWriter(folder.resolve("out").toFile())) {
      out.println(rate + " " + indexed + " " + ran);
      for (String number : sample)
        for (ScoreDoc hit : searcher.search(queries.get(Integer.parseInt(number)), posts.size()).scoreDocs)
          out.println(hit.doc + " " + number);
    }
  }

  static void ask(int[] numbers, int[] asked, int stamp, List<Query> queries, IndexSearcher searcher) throws Exception {
    if (numbers == null) return;
    for (int number : numbers) {
      if (asked[number] == stamp) continue;
      asked[number] = stamp;
      searcher.count(queries.get(number));
    }
  }
}
